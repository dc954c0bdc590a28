using System.Globalization;
using MlNetSer.Onnx;

namespace MlNetSer.Training;

/// <summary>Two sources in one: each has a fixed share of every batch. Backgrounds come from a clip's own source.</summary>
/// <remarks>
/// An epoch is one of the first source; of the second one, whose clips are taken in order, only as many as its share asks for.
/// </remarks>
public sealed class MixedPatchSource : IPatchSource
{
    private readonly IPatchSource _first;
    private readonly IPatchSource _second;
    private readonly double _share;

    /// <summary>A mixture. The caller keeps both sources open and disposes of them.</summary>
    /// <param name="first">A source of limited clips, such as recordings.</param>
    /// <param name="second">A source with at least <see cref="ClipsOfSecond"/> clips.</param>
    /// <param name="shareOfSecond">The share of the second one's clips in a batch, between 0 and 1.</param>
    /// <exception cref="ArgumentException">The sources have different front ends.</exception>
    public MixedPatchSource(IPatchSource first, IPatchSource second, double shareOfSecond)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var clips = first.Data.Clips + ClipsOfSecond(first.Data.Clips, shareOfSecond);
        if (first.LogMel != second.LogMel) throw new ArgumentException("The sources have different front ends.", nameof(second));
        (_first, _second, _share) = (first, second, shareOfSecond);
        Normalisation = Pooled(first.Normalisation, second.Normalisation, shareOfSecond);
        var percent = (100 * shareOfSecond).ToString("0.#", CultureInfo.InvariantCulture);
        Data = new TrainingData
        {
            Description = $"{first.Data.Description}, and {percent} % {second.Data.Description}",
            Clips = clips,
            Fingerprint = $"{first.Data.Fingerprint} + {percent} % {second.Data.Fingerprint}",
            Licence = first.Data.Licence == second.Data.Licence ? first.Data.Licence : null,
        };
    }

    /// <inheritdoc/>
    public TrainingData Data { get; }

    /// <inheritdoc/>
    public LogMelSettings LogMel => _first.LogMel;

    /// <inheritdoc/>
    public InputNormalisation Normalisation { get; }

    /// <summary>How many clips the second source must have for a share, beside so many clips of the first one.</summary>
    /// <param name="clipsOfFirst">Clips of the first source.</param>
    /// <param name="shareOfSecond">The share, between 0 and 1.</param>
    public static int ClipsOfSecond(int clipsOfFirst, double shareOfSecond)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(shareOfSecond, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shareOfSecond, 1);
        return Math.Max(3, (int)Math.Ceiling(clipsOfFirst * shareOfSecond / (1 - shareOfSecond)));
    }

    /// <inheritdoc/>
    public void Fill(PatchBatch batch, TrainingPosition position)
    {
        ArgumentNullException.ThrowIfNull(batch);
        // Rounding the same way for every batch, and never to nothing, keeps both sources within their epochs.
        var ofFirst = Math.Clamp((int)Math.Floor(batch.Clips * (1 - _share)), 1, batch.Clips - 1);
        Copy(_first, batch, 0, ofFirst, position);
        Copy(_second, batch, ofFirst, batch.Clips - ofFirst, position);
    }

    private static void Copy(IPatchSource source, PatchBatch batch, int from, int count, TrainingPosition position)
    {
        var steps = source.Data.Clips / count;
        if (steps == 0)
            throw new RunException($"A batch takes {count} clips of {source.Data.Description}, which is more than there are: choose a smaller batch.");
        var part = new PatchBatch(count, batch.Frames, batch.Bands, batch.BackgroundSource);
        source.Fill(part, position with { Step = position.Step % steps });
        for (var view = 0; view < 2; view++)
        {
            for (var i = 0; i < count; i++)
            {
                part.Patch(view, i).CopyTo(batch.Patch(view, from + i));
                if (batch.HasBackgrounds) part.Background(view, i).CopyTo(batch.Background(view, from + i));
            }
        }
    }

    private static InputNormalisation Pooled(InputNormalisation first, InputNormalisation second, double share)
    {
        var mean = (1 - share) * first.Mean + share * second.Mean;
        double Square(InputNormalisation n) => Math.Pow(n.Std, 2) + Math.Pow(n.Mean - mean, 2);
        return new((float)mean, (float)Math.Sqrt((1 - share) * Square(first) + share * Square(second)));
    }
}
