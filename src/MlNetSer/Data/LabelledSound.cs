namespace MlNetSer;

/// <summary>A sound file with what is known about it.</summary>
/// <param name="Path">The sound file.</param>
/// <param name="Label">The sound event that is heard in it; empty when unknown.</param>
/// <param name="Fold">The fold that the clip belongs to in cross-validation, where its data set fixes one.</param>
public sealed record LabelledSound(string Path, string Label, int? Fold = null);
