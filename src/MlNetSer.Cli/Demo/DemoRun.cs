using MlNetSer.Training;
using MlNetSer.Training.Synthesis;

namespace MlNetSer.Cli;

/// <summary>What <c>demo</c> was asked to do.</summary>
internal sealed record DemoArguments(string Folder, string? Data, string Encoder, int Epochs, int Clips, long Seed);

/// <summary>The work of <c>demo</c>: sounds, pretraining, export, an ML.NET pipeline, a comparison.</summary>
internal static class DemoRun
{
    /// <summary>About 100 seconds on two cores.</summary>
    public const int DefaultEpochs = 5;

    /// <summary>Per class.</summary>
    public const int DefaultClips = 40;

    public static int Run(DemoArguments arguments, Screen screen, CancellationToken cancellation)
    {
        string sounds = Path.Combine(arguments.Folder, "sounds"), run = Path.Combine(arguments.Folder, "run");
        string encoder = Path.Combine(arguments.Folder, "encoder.onnx"), classifier = Path.Combine(arguments.Folder, "classifier.zip");
        var real = RealSounds(arguments.Data);

        var clips = Synthesise(arguments, sounds, screen, cancellation);
        screen.Line($"Sounds      {SoundEventClass.All.Count} classes of {arguments.Clips} clips: {sounds}");

        Pretrain(arguments, clips, run, screen, cancellation);
        var info = EncoderExport.Export(run, encoder, cancellationToken: cancellation);
        screen.Line($"Encoder     {info.Encoder}, pretrained on them without their labels: {encoder}");

        var right = screen.Progress("ML.NET pipeline", _ => DemoPipeline.Run(clips, encoder, classifier, cancellation));
        screen.Line($"Classifier  ML.NET pipeline trained, saved, loaded again: {classifier}");
        screen.Line($"            It labels {right.Correct} of {right.Total} sounds correctly that it was not trained on.");
        screen.Line();

        using var pretrained = new SoundEmbedder(encoder);
        using var network = SoundEncoders.Create(arguments.Encoder, arguments.Seed);
        using var untrained = new SoundEmbedder(EncoderExport.ToModel(network, info with { Name = "untrained" }, cancellationToken: cancellation).ToBytes());
        var comparison = new DemoComparison(screen, pretrained, untrained, cancellation);
        comparison.Add("synthesised sounds", clips);
        if (real is { } known) comparison.Add(known.Name, known.Sounds);
        comparison.Write();

        screen.Json(new { Sounds = sounds, Encoder = encoder, Classifier = classifier, right.Correct, right.Total, comparison.Results });
        screen.Line();
        screen.Next($"evaluate --model {encoder} --data YOUR_LABELLED_SOUNDS");
        screen.Next($"pretrain --data YOUR_SOUNDS --out run");
        return Tool.Success;
    }

    private static IReadOnlyList<LabelledSound> Synthesise(
        DemoArguments arguments, string folder, Screen screen, CancellationToken cancellation)
    {
        var total = SoundEventClass.All.Count * arguments.Clips;
        var synthesiser = new SoundSynthesiser((ulong)arguments.Seed);
        var paths = screen.Progress("Synthesising", progress =>
            synthesiser.WriteFolder(folder, arguments.Clips, progress: new Counting(progress, total), cancellationToken: cancellation));
        return [.. paths.Select(p => new LabelledSound(p, Path.GetFileName(Path.GetDirectoryName(p)!)))];
    }

    private static void Pretrain(
        DemoArguments arguments, IReadOnlyList<LabelledSound> clips, string run, Screen screen, CancellationToken cancellation)
    {
        // A demo begins anew: what an earlier one left here is its own.
        if (File.Exists(Path.Combine(run, "run.json"))) Directory.Delete(run, recursive: true);
        var settings = new PretrainSettings
        {
            Encoder = arguments.Encoder,
            Epochs = arguments.Epochs,
            BatchSize = 32,
            Seed = arguments.Seed,
        };
        using var cache = PretrainRun.OpenCache(screen, clips, Path.Combine(run, "cache"), settings.LogMel, cancellation);
        var pretrainer = new Pretrainer(new CachedPatchSource(cache, $"{cache.Count} synthesised clips", "CC0-1.0"), run);
        PretrainRun.Train(screen, progress => pretrainer.Run(settings, progress, cancellation));
    }

    /// <summary>The user's sounds, or ESC-10 if it is at hand.</summary>
    private static (string Name, IReadOnlyList<LabelledSound> Sounds)? RealSounds(string? data)
    {
        if (data is not null) return (Path.GetFileName(Path.TrimEndingDirectorySeparator(data)), SoundArguments.ReadLabelled(data));
        var shared = Environment.GetEnvironmentVariable("MLNETSER_SHARED") ?? Path.Combine("..", "shared");
        var esc10 = Path.Combine(shared, "data", "esc10", "esc10.csv");
        return File.Exists(esc10) ? ("ESC-10", SoundArguments.ReadLabelled(esc10)) : null;
    }
}
