using System.Globalization;
using System.Numerics.Tensors;
using MlNetSer.Onnx;

namespace MlNetSer.Training.Synthesis;

/// <summary>
/// Random patches of sounds that are computed while training goes on (<see cref="RandomSounds"/>). Nothing is stored, and there is no end of
/// them: every epoch replaces a part of the clips by new ones. All follows from the seed, so that a resumed run hears the same.
/// </summary>
public sealed class SynthesisedPatchSource : IPatchSource, IDisposable
{
    private const int ClipsForNormalisation = 256;

    private readonly SynthesisSettings _settings;
    private readonly RandomSounds _sounds;
    private readonly SoundSession _frontEnd;
    private readonly Clip?[] _clips;
    private (TrainingPosition Epoch, int[] Clips) _order = (default, []);

    /// <summary>A source of synthesised sounds; takes some seconds to measure their mean and deviation.</summary>
    /// <param name="settings">How they are made.</param>
    /// <param name="seed">Another seed gives other sounds.</param>
    /// <param name="clips">Clips in an epoch; those of the settings if left out.</param>
    /// <param name="logMel">The front end; the published one if left out.</param>
    /// <param name="cancellationToken">Stops the measuring.</param>
    /// <exception cref="ArgumentException">A setting cannot be used.</exception>
    public SynthesisedPatchSource(SynthesisSettings settings, long seed, int? clips = null, LogMelSettings? logMel = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        LogMel = logMel ?? new();
        LogMel.Validate();
        _settings = settings;
        _sounds = new RandomSounds((ulong)seed, LogMel.SampleRate);
        _frontEnd = new SoundSession(LogMelFrontEnd.Build(LogMel), LogMel);
        _clips = new Clip?[clips ?? settings.ClipsPerEpoch];
        Normalisation = Measure(cancellationToken);
        Data = new TrainingData
        {
            Description = "synthesised sounds",
            Clips = _clips.Length,
            Fingerprint = string.Create(
                CultureInfo.InvariantCulture, $"synthesis 1, seed {seed}, {_clips.Length} clips, {settings.EpochsPerClip}, {settings.TakeDeviation}"),
            Licence = "CC0-1.0",
        };
    }

    /// <inheritdoc/>
    public TrainingData Data { get; }

    /// <inheritdoc/>
    public LogMelSettings LogMel { get; }

    /// <inheritdoc/>
    public InputNormalisation Normalisation { get; }

    /// <inheritdoc/>
    public void Fill(PatchBatch batch, TrainingPosition position)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var order = Order(position with { Step = -1 });
        var random = position.Random("synthesised patches");
        var chosen = new (int Clip, int First, int Second)[batch.Clips];
        for (var i = 0; i < chosen.Length; i++)
        {
            var clip = order[position.Step * batch.Clips + i];
            var (first, second) = batch.BackgroundSource is MixBackBackgrounds.OtherClips ? random.TwoOthers(clip, _clips.Length) : (clip, clip);
            chosen[i] = (clip, first, second);
        }
        Render(batch.HasBackgrounds ? chosen.SelectMany(c => (int[])[c.Clip, c.First, c.Second]) : chosen.Select(c => c.Clip), position.Epoch);
        for (var i = 0; i < chosen.Length; i++)
        {
            var (clip, first, second) = chosen[i];
            Cut(_clips[clip]!.FirstTake, batch.Patch(0, i), random);
            Cut(_clips[clip]!.SecondTake, batch.Patch(1, i), random);
            if (!batch.HasBackgrounds) continue;
            Cut(_clips[first]!.FirstTake, batch.Background(0, i), random);
            Cut(_clips[second]!.SecondTake, batch.Background(1, i), random);
        }
    }

    /// <summary>Frees the front end.</summary>
    public void Dispose() => _frontEnd.Dispose();

    private int[] Order(TrainingPosition epoch)
    {
        if (_order.Epoch != epoch) _order = (epoch, epoch.Random("synthesised order").Permutation(_clips.Length));
        return _order.Clips;
    }

    private void Render(IEnumerable<int> places, int epoch)
    {
        int[] outdated = [.. places.Distinct().Where(place => _clips[place]?.Number != NumberAt(place, epoch))];
        Parallel.ForEach(outdated, place => _clips[place] = Render(NumberAt(place, epoch)));
    }

    /// <summary>The sound in a place: the places take turns in getting a new one.</summary>
    internal long NumberAt(int place, int epoch)
    {
        var turn = place % _settings.EpochsPerClip;
        var generation = (epoch - turn + _settings.EpochsPerClip) / _settings.EpochsPerClip;
        return (long)generation * _clips.Length + place;
    }

    private Clip Render(long number)
    {
        if (_settings.TakeDeviation is not { } deviation)
        {
            var only = LogMelOf(_sounds.Create(number));
            return new(number, only, only);
        }
        return new(number, LogMelOf(_sounds.CreateTake(number, 1, (float)deviation)), LogMelOf(_sounds.CreateTake(number, 2, (float)deviation)));
    }

    private Half[] LogMelOf(float[] waveform) => _frontEnd.Run(waveform, [], LogMelFrontEnd.LogMel, output =>
    {
        var half = new Half[output.GetTensorDataAsSpan<float>().Length];
        TensorPrimitives.ConvertToHalf(output.GetTensorDataAsSpan<float>(), half);
        return half;
    });

    private InputNormalisation Measure(CancellationToken cancellation)
    {
        var measured = Math.Min(ClipsForNormalisation, _clips.Length);
        Parallel.For(0, measured, new ParallelOptions { CancellationToken = cancellation }, i => _clips[i] = Render(NumberAt(i, epoch: 0)));
        var (sum, sumOfSquares, count) = (0.0, 0.0, 0L);
        foreach (var clip in _clips.Take(measured))
        {
            foreach (var value in clip!.FirstTake)
            {
                sum += (double)value;
                sumOfSquares += (double)value * (double)value;
            }
            count += clip.FirstTake.Length;
        }
        var mean = sum / count;
        return new((float)mean, (float)Math.Sqrt(sumOfSquares / count - mean * mean));
    }

    private void Cut(Half[] logMel, Span<float> patch, StepRandom random)
    {
        var frames = logMel.Length / LogMel.MelBands;
        var first = random.Below(frames - LogMel.PatchFrames + 1) * LogMel.MelBands;
        TensorPrimitives.ConvertToSingle(logMel.AsSpan(first, patch.Length), patch);
    }

    private sealed record Clip(long Number, Half[] FirstTake, Half[] SecondTake);
}
