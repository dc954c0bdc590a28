namespace MlNetSer;

/// <summary>A sound file with what is known about it.</summary>
/// <param name="Path">The sound file.</param>
/// <param name="Label">The sound event that is heard in it; empty when unknown.</param>
/// <param name="Fold">The fold that the clip belongs to in cross-validation, where its data set fixes one.</param>
public sealed record LabelledSound(string Path, string Label, int? Fold = null)
{
    /// <summary>The clip belongs to the test set that its data set fixes: nothing may be learnt from it.</summary>
    public bool IsTest { get; init; }

    /// <summary>
    /// <see cref="Label"/> lists any number of sound events, separated by commas, as FSD50K has them. Such sounds can be pretrained on
    /// and embedded, but not evaluated: the classifiers here give one label per sound.
    /// </summary>
    public bool IsMultiLabel { get; init; }
}
