using System.Globalization;
using MlNetSer.Onnx;
using MlNetSer.Training;
using MlNetSer.Training.Synthesis;

namespace MlNetSer.Cli;

/// <summary>What the values of <c>--data</c> for pretraining stand for: recordings, synthesised sounds, or both.</summary>
internal sealed class TrainingSource : IDisposable
{
    /// <summary>Stands for synthesised sounds; <c>synth:S</c> says which share they have beside recordings.</summary>
    public const string Synthesised = "synth";

    private const double DefaultShare = 0.5;

    private readonly List<IDisposable> _owned = [];

    private TrainingSource()
    {
    }

    public IPatchSource Patches { get; private set; } = null!;

    /// <summary>The values that name recordings.</summary>
    public static IReadOnlyList<string> Recordings(IEnumerable<string> data) => [.. data.Where(d => ShareIn(d) is null)];

    /// <summary>Opens the sources; log-mels of recordings are computed unless they are cached.</summary>
    /// <param name="screen">Shows the progress, and what cannot be read.</param>
    /// <param name="data">The values of <c>--data</c>.</param>
    /// <param name="recordings">The sounds that those of them stand for that are no synthesis.</param>
    /// <param name="settings">The run's, of which synthesis takes its own and the seed.</param>
    /// <param name="cacheFolder">Where log-mels are cached.</param>
    /// <param name="cancellation">Stops it.</param>
    public static TrainingSource Open(
        Screen screen,
        IReadOnlyList<string> data,
        IReadOnlyList<LabelledSound> recordings,
        PretrainSettings settings,
        string cacheFolder,
        CancellationToken cancellation)
    {
        var shares = data.Select(ShareIn).OfType<double>().ToArray();
        if (shares.Length > 1) throw new Failure($"--data names {Synthesised} {shares.Length} times, expected once.");
        RequirePatches(settings.LogMel);
        var source = new TrainingSource();
        try
        {
            if (recordings.Count > 0)
            {
                var cache = source.Own(PretrainRun.OpenCache(screen, recordings, cacheFolder, settings.LogMel, cancellation));
                var names = Recordings(data).Select(d => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(d))));
                source.Patches = new CachedPatchSource(cache, $"{cache.Count} clips of {string.Join(", ", names)}");
            }
            if (shares is [var share]) source.Synthesise(share, settings, cancellation);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var owned in _owned) owned.Dispose();
    }

    private void Synthesise(double share, PretrainSettings settings, CancellationToken cancellation)
    {
        if (Patches is not { } recordings)
        {
            Patches = Own(new SynthesisedPatchSource(settings.Synthesis, settings.Seed, clips: null, settings.LogMel, cancellation));
            return;
        }
        var clips = MixedPatchSource.ClipsOfSecond(recordings.Data.Clips, share);
        Patches = new MixedPatchSource(recordings, Own(new SynthesisedPatchSource(settings.Synthesis, settings.Seed, clips, settings.LogMel, cancellation)), share);
    }

    private static void RequirePatches(LogMelSettings given)
    {
        var taken = new LogMelSettings();
        if ((given.PatchFrames, given.MelBands) == (taken.PatchFrames, taken.MelBands)) return;
        throw new Failure(
            $"logMel has patches of {given.PatchFrames} frames and {given.MelBands} bands, expected {taken.PatchFrames} and {taken.MelBands}, which all encoders are made for.");
    }

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    private static double? ShareIn(string value)
    {
        if (value == Synthesised) return DefaultShare;
        if (!value.StartsWith($"{Synthesised}:", StringComparison.Ordinal)) return null;
        var text = value[(Synthesised.Length + 1)..];
        return double.TryParse(text, CultureInfo.InvariantCulture, out var share) && share is > 0 and < 1
            ? share
            : throw new Failure($"--data is {value}, expected {Synthesised}:S with a share S between 0 and 1, such as {Synthesised}:0.5.");
    }
}
