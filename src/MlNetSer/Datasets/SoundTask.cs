namespace MlNetSer;

/// <summary>A supervised task: what to train on, what to choose by, and what to report on. No sound is in two of them.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Train">The sounds to train on.</param>
/// <param name="Validation">The sounds by which the best epoch is chosen.</param>
/// <param name="Test">The sounds whose accuracy is reported.</param>
public sealed record SoundTask(
    string Name, IReadOnlyList<LabelledSound> Train, IReadOnlyList<LabelledSound> Validation, IReadOnlyList<LabelledSound> Test);
