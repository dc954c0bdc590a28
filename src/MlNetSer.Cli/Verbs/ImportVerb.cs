using System.CommandLine;
using MlNetSer.Onnx;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary><c>import</c>: an encoder that was trained in PyTorch as an ONNX file.</summary>
internal static class ImportVerb
{
    /// <summary>Sounds from which normalisation is recovered: more make it no better.</summary>
    private const int MostSounds = 2000;

    public static VerbCommand Create(Screen screen)
    {
        var checkpoint = new Argument<string>("PTH")
        {
            Description = "A PyTorch checkpoint under the names of the method's authors. Nothing in it is executed.",
        };
        var encoder = new Option<string>("--encoder") { Description = "The encoder's architecture.", Required = true };
        encoder.AcceptOnlyFromAmong([.. EncoderImport.Architectures]);
        var mean = new Option<float?>("--mean")
        {
            Description = "What was subtracted from the log-mels when the encoder was trained.",
            HelpName = "N",
        };
        var std = new Option<float?>("--std") { Description = "What they were divided by then.", HelpName = "N" };
        var data = SoundArguments.Data(
            "Where mean and std are unknown: the sounds of the training, or sounds like them, from which both are recovered.");
        data.Required = false;
        var output = new Option<string?>("--out", "-o")
        {
            Description = "The file that is written. [default: the checkpoint's name with .onnx]",
            HelpName = "ONNX",
        };
        var trainedOn = DescriptionArguments.Text("--training-data", "What the encoder was trained on, for its file.");
        var description = new DescriptionArguments(defaultName: "the checkpoint's");
        var verb = new VerbCommand(
            "import",
            "Writes an encoder that was trained in PyTorch as one ONNX file: waveform in, embedding out.",
            "import VGG_best.pth --encoder vgg --mean -1.2668 --std 9.383e-05 --out encoder.onnx",
            "import CRNN_best.pth --encoder crnn --data sounds --out encoder.onnx --licence MIT")
        {
            checkpoint, encoder, mean, std, data, output, trainedOn,
        };
        description.AddTo(verb);
        verb.Validators.Add(result =>
        {
            bool Has(Option option) => result.GetResult(option) is not null;
            if (Has(mean) != Has(std) || Has(mean) == Has(data)) result.AddError("Expected either --mean and --std, or --data");
        });
        verb.SetAction((parsed, cancellation) => Task.FromResult(Run(
            new(parsed.GetRequiredValue(checkpoint), parsed.GetRequiredValue(encoder), parsed.GetValue(output), description.Read(parsed))
            {
                Normalisation = (parsed.GetValue(mean), parsed.GetValue(std)) is ({ } m, { } s) ? new(m, s) : null,
                Data = parsed.GetValue(data) ?? [],
                TrainingData = parsed.GetValue(trainedOn) ?? "",
            },
            screen,
            cancellation)));
        return verb;
    }

    internal sealed record Arguments(string Checkpoint, string Encoder, string? Output, Func<SoundModelInfo, SoundModelInfo> Describe)
    {
        /// <summary>Null where it is to be recovered from <see cref="Data"/>.</summary>
        public InputNormalisation? Normalisation { get; init; }

        public IReadOnlyList<string> Data { get; init; } = [];

        public string TrainingData { get; init; } = "";
    }

    internal static int Run(Arguments arguments, Screen screen, CancellationToken cancellation)
    {
        var path = arguments.Output ?? Path.ChangeExtension(arguments.Checkpoint, ".onnx");
        var info = EncoderImport.Import(
            arguments.Checkpoint,
            arguments.Encoder,
            path,
            encoder => arguments.Normalisation ?? Recover(encoder, arguments.Data, screen, cancellation),
            info => arguments.Describe(info with { TrainingData = arguments.TrainingData }),
            cancellation);
        DescriptionArguments.Report(screen, path, info);
        return Tool.Success;
    }

    private static InputNormalisation Recover(
        SoundEncoder encoder, IReadOnlyList<string> data, Screen screen, CancellationToken cancellation)
    {
        var sounds = SoundArguments.Read(data);
        var count = Math.Min(MostSounds, sounds.Count);
        LabelledSound[] some = [.. Enumerable.Range(0, count).Select(i => sounds[(int)((long)i * sounds.Count / count)])];
        var folder = Directory.CreateTempSubdirectory("mlnetser-import-").FullName;
        try
        {
            using var cache = PretrainRun.OpenCache(screen, some, folder, new(), cancellation);
            var recovered = EncoderImport.RecoverNormalisation(encoder, cache, cancellation);
            screen.Line(FormattableString.Invariant($"Recovered from {count} sounds: --mean {recovered.Mean} --std {recovered.Std}"));
            return recovered;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
