using MlNetSer.Onnx;

namespace MlNetSer.Training.Tests;

/// <summary>
/// A source without sound: every clip has a pattern of its own, and its patches are that with a little noise. Small patches, unless asked
/// otherwise: how training goes on does not depend on their size.
/// </summary>
internal sealed class RandomPatches(int clips, LogMelSettings? logMel = null) : IPatchSource
{
    public TrainingData Data { get; init; } = new() { Description = "patterns", Clips = clips, Fingerprint = $"{clips}", Licence = "CC0" };

    public LogMelSettings LogMel { get; } = logMel ?? new() { PatchFrames = 40, PatchHop = 20, MelBands = 32 };

    public InputNormalisation Normalisation { get; } = new(-2, 1.5f);

    /// <summary>Told before a batch is filled.</summary>
    public Action<TrainingPosition>? Filling { get; init; }

    public void Fill(PatchBatch batch, TrainingPosition position)
    {
        Filling?.Invoke(position);
        for (var i = 0; i < batch.Clips; i++)
        {
            var clip = (position.Step * batch.Clips + i) % clips;
            for (var view = 0; view < 2; view++)
            {
                Fill(batch.Patch(view, i), batch.Bands, clip, position.Random($"patch {view} {i}"));
                if (batch.HasBackgrounds) Fill(batch.Background(view, i), batch.Bands, (clip + 1 + view) % clips, position.Random($"background {view} {i}"));
            }
        }
    }

    private static void Fill(Span<float> patch, int bands, int clip, StepRandom random)
    {
        for (var i = 0; i < patch.Length; i++)
        {
            var (frame, band) = (i / bands, i % bands);
            patch[i] = (float)(-2 + 2 * Math.Sin(0.1 * (clip + 1) * band + 0.05 * clip * frame) + random.Uniform(-0.3, 0.3));
        }
    }
}
