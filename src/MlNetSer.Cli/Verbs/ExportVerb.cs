using System.CommandLine;
using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary><c>export</c>: the encoder of a run as an ONNX file.</summary>
internal static class ExportVerb
{
    public static VerbCommand Create(Screen screen)
    {
        var run = new Argument<string>("RUN") { Description = "The folder of a pretraining run, finished or not." };
        var output = new Option<string?>("--out", "-o")
        {
            Description = "The file that is written. [default: encoder.onnx in the run's folder]",
            HelpName = "ONNX",
        };
        var weights = new Option<string>("--weights")
        {
            Description = "How the weights are stored: float16 takes half of their space, int8 a quarter. The front end stays as it is.",
            DefaultValueFactory = _ => "float32",
        };
        weights.AcceptOnlyFromAmong("float32", "float16", "int8");
        var arithmetic = new Option<string>("--arithmetic")
        {
            Description = "What the encoder computes in: int8 takes about half of the time of float32, and stores the convolutions' weights in 8 bits.",
            DefaultValueFactory = _ => "float32",
        };
        arithmetic.AcceptOnlyFromAmong("float32", "int8");
        var description = new DescriptionArguments(defaultName: "its architecture");
        var verb = new VerbCommand(
            "export",
            "Writes the encoder of a run as one ONNX file: waveform in, embedding out.",
            "export run --out encoder.onnx",
            "export run --out encoder.onnx --name my-encoder --model-version 1.0 --licence CC0-1.0",
            "export run --out small.onnx --weights int8",
            "export run --out fast.onnx --arithmetic int8")
        {
            run, output, weights, arithmetic,
        };
        description.AddTo(verb);
        verb.SetAction((parsed, cancellation) =>
        {
            var format = Enum.Parse<WeightFormat>(parsed.GetRequiredValue(weights), ignoreCase: true);
            var computed = Enum.Parse<EncoderArithmetic>(parsed.GetRequiredValue(arithmetic), ignoreCase: true);
            return Task.FromResult(Run(new(parsed.GetRequiredValue(run), parsed.GetValue(output), format, computed, description.Read(parsed)), screen, cancellation));
        });
        return verb;
    }

    internal sealed record Arguments(string RunFolder, string? Output, WeightFormat Weights, EncoderArithmetic Arithmetic, Func<SoundModelInfo, SoundModelInfo> Describe);

    internal static int Run(Arguments arguments, Screen screen, CancellationToken cancellation)
    {
        var path = arguments.Output ?? Path.Combine(arguments.RunFolder, "encoder.onnx");
        var info = EncoderExport.Export(arguments.RunFolder, path, arguments.Describe, arguments.Weights, arguments.Arithmetic, cancellation);
        DescriptionArguments.Report(screen, path, info);
        return Tool.Success;
    }
}
