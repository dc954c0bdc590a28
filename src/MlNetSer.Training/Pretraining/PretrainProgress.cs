namespace MlNetSer.Training;

/// <summary>How far a run is, after every step.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">All epochs.</param>
/// <param name="Step">The step within the epoch, from 1.</param>
/// <param name="Steps">All steps of an epoch.</param>
/// <param name="Loss">The step's loss.</param>
/// <param name="LearningRate">The epoch's learning rate.</param>
/// <param name="PatchesPerSecond">Views learnt from per second, over the last steps.</param>
/// <param name="TimeLeft">How long the rest of the run will take at that speed, without monitoring.</param>
public readonly record struct PretrainProgress(
    int Epoch, int Epochs, int Step, int Steps, double Loss, double LearningRate, double PatchesPerSecond, TimeSpan TimeLeft);
