namespace MlNetSer.Training;

/// <summary>A place in training. All randomness follows from it, so that a resumed run draws what the uninterrupted one would have drawn.</summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Step">The step within the epoch, from 0; -1 for what is drawn once per epoch.</param>
public readonly record struct TrainingPosition(long Seed, int Epoch, int Step)
{
    /// <summary>The random numbers for one use at this place.</summary>
    /// <param name="purpose">Uses of different names draw independently of each other.</param>
    public StepRandom Random(string purpose) => new(this, purpose);
}
