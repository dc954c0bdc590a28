using System.Globalization;
using MlNetSer.Onnx;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>What <c>pretrain</c> was asked to do.</summary>
/// <param name="Data">Folders, CSV files, sound files.</param>
/// <param name="Settings">The settings of a new run.</param>
/// <param name="RunFolder">Its folder.</param>
internal sealed record PretrainArguments(IReadOnlyList<string> Data, PretrainSettings Settings, string RunFolder)
{
    /// <summary>The option that names a setting, or null for one that the user left open: only the former must be those of a run that goes on.</summary>
    public required Func<string, string?> NamedBy { get; init; }

    public bool Resume { get; init; }

    /// <summary>Labelled sounds to judge the encoder on, or null for those that it is trained on.</summary>
    public string? Evaluate { get; init; }

    public MonitorKinds Monitor { get; init; }

    public int EvaluateEvery { get; init; } = 10;

    public double CheckpointEverySeconds { get; init; } = DefaultCheckpointEverySeconds;

    public const double DefaultCheckpointEverySeconds = 60;

    public string? TensorBoard { get; init; }
}

/// <summary>The work of <c>pretrain</c>.</summary>
internal static class PretrainRun
{
    private const int MostLines = 25;

    public static int Run(PretrainArguments arguments, Screen screen, CancellationToken cancellation)
    {
        var folder = arguments.RunFolder;
        var exists = File.Exists(Path.Combine(folder, "run.json"));
        // The trainer would say so as well, but after the log-mels of all sounds were computed.
        if (exists && !arguments.Resume)
            throw new Failure($"{folder} holds a run already: go on with it by --resume, or choose another folder by --out.");
        var settings = exists ? RunDescription.Read(folder).Settings : arguments.Settings;
        if (exists) RequireSameSettings(arguments, settings);
        var cacheFolder = Path.Combine(folder, "cache");
        var recordings = SoundArguments.ReadForPretraining(TrainingSource.Recordings(arguments.Data));
        var judges = Judges(arguments, recordings);
        using var source = TrainingSource.Open(screen, arguments.Data, recordings, settings, cacheFolder, cancellation);
        using var monitor = judges is null
            ? null
            : new RunMonitor(arguments.Monitor, judges, arguments.EvaluateEvery, () => OpenCache(screen, judges, cacheFolder, settings.LogMel, cancellation));
        var pretrainer = new Pretrainer(source.Patches, folder)
        {
            CheckpointInterval = TimeSpan.FromSeconds(arguments.CheckpointEverySeconds),
            Monitor = monitor?.Monitor,
            TensorBoardFolder = arguments.TensorBoard,
        };
        try
        {
            var curve = Train(screen, progress => exists
                ? pretrainer.Resume(progress, cancellation)
                : pretrainer.Run(settings, progress, cancellation));
            WriteCurve(screen, curve);
            screen.Json(new { Run = folder, Curve = curve });
        }
        catch (OperationCanceledException)
        {
            screen.Warn($"Stopped. Go on with: {ResumeCommand(arguments)}");
            throw;
        }
        screen.Next($"export {folder}");
        return Tool.Success;
    }

    /// <summary>The log-mels of the sounds; those that cannot be read are listed.</summary>
    public static LogMelCache OpenCache(Screen screen, IReadOnlyList<LabelledSound> sounds, string folder, LogMelSettings logMel, CancellationToken cancellation)
    {
        string[] files = [.. sounds.Select(s => s.Path)];
        var cache = screen.Progress("Log-mels", progress => LogMelCache.OpenOrCreate(
            folder,
            files,
            logMel,
            new Relay<LogMelCacheProgress>(p => progress.Report(new(p.Done, p.Files))),
            cancellation));
        SkippedSounds.Report(screen, [.. cache.Unreadable.Select(u => new UnreadableSound(u.Path, u.Reason))], files.Length);
        return cache;
    }

    /// <summary>Trains under a progress bar that shows the loss.</summary>
    public static IReadOnlyList<CurvePoint> Train(Screen screen, Func<IProgress<PretrainProgress>, IReadOnlyList<CurvePoint>> train) =>
        screen.Progress("Pretraining", progress => train(new Relay<PretrainProgress>(p => progress.Report(State(p)))));

    private static ProgressState State(PretrainProgress p) => new(
        ((p.Epoch - 1.0) * p.Steps) + p.Step,
        (double)p.Epochs * p.Steps,
        string.Create(
            CultureInfo.InvariantCulture, $"epoch {p.Epoch}/{p.Epochs}, loss {p.Loss:0.000}, learning rate {p.LearningRate:0.#####}, {p.PatchesPerSecond:0} patches/s"));

    private static string ResumeCommand(PretrainArguments arguments)
    {
        var data = string.Join(' ', arguments.Data.Select(Quoted));
        var more = arguments.Evaluate is { } judge ? $" --evaluate {Quoted(judge)}" : "";
        if (arguments.Monitor != MonitorKinds.None) more += $" --monitor {$"{arguments.Monitor}".ToLowerInvariant()} --evaluate-every {arguments.EvaluateEvery}";
        if (arguments.CheckpointEverySeconds is var every and not PretrainArguments.DefaultCheckpointEverySeconds)
            more += string.Create(CultureInfo.InvariantCulture, $" --checkpoint-every {every}");
        if (arguments.TensorBoard is { } events) more += $" --tensorboard {Quoted(events)}";
        return $"{Tool.Name} pretrain --data {data}{more} --out {Quoted(arguments.RunFolder)} --resume";
    }

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;

    private static void RequireSameSettings(PretrainArguments arguments, PretrainSettings started)
    {
        foreach (var (setting, asked, given) in SettingsDifference.Of(arguments.Settings, started))
        {
            if (arguments.NamedBy(setting) is not { } option) continue;
            throw new Failure(
                $"{arguments.RunFolder} was started with {setting} {given}, not {asked}: leave {option} out, or start a new run in another folder.");
        }
    }

    /// <summary>The sounds that the encoder is judged on, which is said to be impossible before hours of decoding; null for none.</summary>
    private static IReadOnlyList<LabelledSound>? Judges(PretrainArguments arguments, IReadOnlyList<LabelledSound> sounds)
    {
        if (arguments.Monitor == MonitorKinds.None) return null;
        return arguments.Evaluate is { } labelled
            ? SoundArguments.ReadLabelled(labelled)
            : SoundArguments.RequireLabels(sounds, string.Join(", ", arguments.Data));
    }

    /// <summary>The epochs with an accuracy, or else as many as fit on a screen.</summary>
    private static void WriteCurve(Screen screen, IReadOnlyList<CurvePoint> curve)
    {
        var every = (curve.Count + MostLines - 1) / MostLines;
        var measured = curve.Where(p => !p.Accuracy.IsEmpty).ToList();
        var shown = measured.Count > 0 ? measured : [.. curve.Where(p => p.Epoch % every == 0 || p.Epoch == curve.Count)];
        List<(string Name, Func<CurvePoint, string> Cell)> columns =
        [
            ("epoch", p => p.Epoch.ToString(CultureInfo.InvariantCulture)),
            ("loss", p => p.Loss.ToString("0.000", CultureInfo.InvariantCulture)),
            ("learning rate", p => p.LearningRate.ToString("0.#####", CultureInfo.InvariantCulture)),
            ("patches/s", p => p.PatchesPerSecond.ToString("0", CultureInfo.InvariantCulture)),
        ];
        void AddAccuracy(string name, Func<CurvePoint, double?> value)
        {
            if (shown.Any(p => value(p) is not null)) columns.Add((name, p => value(p) is { } share ? EvaluationTables.Percent(share) : ""));
        }
        AddAccuracy("linear evaluation, %", p => p.Accuracy.Linear);
        AddAccuracy("kNN, %", p => p.Accuracy.Neighbours);
        screen.Table([.. columns.Select(c => c.Name)], shown.Select(p => (IReadOnlyList<string>)[.. columns.Select(c => c.Cell(p))]));
    }
}
