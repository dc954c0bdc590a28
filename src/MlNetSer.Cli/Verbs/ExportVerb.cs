using System.CommandLine;
using System.Globalization;
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
        var name = new Option<string?>("--name") { Description = "The encoder's name. [default: its architecture]", HelpName = "TEXT" };
        var version = new Option<string?>("--model-version") { Description = "The encoder's version.", HelpName = "TEXT" };
        var licence = new Option<string?>("--licence") { Description = "The licence under which the weights may be used.", HelpName = "TEXT" };
        var verb = new VerbCommand(
            "export",
            "Writes the encoder of a run as one ONNX file: waveform in, embedding out.",
            "export run --out encoder.onnx",
            "export run --out encoder.onnx --name my-encoder --model-version 1.0 --licence CC0-1.0")
        {
            run, output, name, version, licence,
        };
        verb.SetAction(parsed => Run(
            new(parsed.GetRequiredValue(run), parsed.GetValue(output), parsed.GetValue(name), parsed.GetValue(version), parsed.GetValue(licence)),
            screen));
        return verb;
    }

    internal sealed record Arguments(string RunFolder, string? Output, string? Name, string? Version, string? Licence);

    internal static int Run(Arguments arguments, Screen screen)
    {
        var path = arguments.Output ?? Path.Combine(arguments.RunFolder, "encoder.onnx");
        var info = EncoderExport.Export(arguments.RunFolder, path, info => info with
        {
            Name = arguments.Name ?? info.Name,
            Version = arguments.Version ?? info.Version,
            Licence = arguments.Licence ?? info.Licence,
        });
        var size = (new FileInfo(path).Length / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
        screen.Line($"{path}: {info.Encoder} encoder, embeddings of {info.EmbeddingSize} numbers, {size} MB");
        screen.Line($"Next: {Tool.Name} evaluate --model {path} --data YOUR_LABELLED_SOUNDS");
        return Tool.Success;
    }
}
