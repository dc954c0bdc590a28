using System.CommandLine;
using System.Globalization;
using MlNetSer.Onnx;

namespace MlNetSer.Cli;

/// <summary><c>info</c>: what an encoder's file says about itself.</summary>
internal static class InfoVerb
{
    public static VerbCommand Create(Screen screen)
    {
        var model = new Argument<string?>("ONNX")
        {
            Description = "An encoder that export wrote, or a classifier. [default: the encoder that comes with the tool]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var json = new Option<bool>("--json") { Description = "Writes the result as JSON." };
        var verb = new VerbCommand(
            "info",
            "Shows what the ONNX file of an encoder or a classifier says about itself.",
            "info encoder.onnx",
            "info encoder.onnx --json")
        {
            model, json,
        };
        verb.SetAction(parsed => Run(new(parsed.GetValue(model), parsed.GetValue(json)), screen));
        return verb;
    }

    internal sealed record Arguments(string? Model, bool Json);

    internal static int Run(Arguments arguments, Screen screen)
    {
        var path = arguments.Model ?? SoundModels.Default;
        var info = SoundModelInfo.Read(path);
        if (arguments.Json)
        {
            screen.Json(info);
            return Tool.Success;
        }
        var model = OnnxModel.Load(path);
        var mel = info.LogMel;
        screen.Properties(
        [
            ("file", Invariant($"{path} ({new FileInfo(path).Length / 1e6:0.0} MB)")),
            ("name", info.Name),
            ("version", info.Version),
            ("encoder", info.Encoder),
            ("embedding", $"{info.EmbeddingSize} numbers"),
            ("labels", string.Join(", ", info.Labels)),
            ("sound", Invariant($"{mel.SampleRate} Hz, mono")),
            ("log-mel", Invariant($"{mel.MelBands} bands, {mel.MinFrequency} to {mel.MaxFrequency} Hz, {1000.0 * mel.HopSize / mel.SampleRate:0.0} ms apart")),
            ("patches", Invariant($"{mel.PatchFrames} frames, one every {mel.PatchHop}")),
            ("normalisation", Invariant($"mean {info.Normalisation.Mean}, standard deviation {info.Normalisation.Std}")),
            ("training data", info.TrainingData),
            ("licence", info.Licence),
            .. info.Extra.Select(e => (e.Key, e.Value)),
            ("inputs", string.Join(", ", model.Inputs)),
            ("outputs", string.Join(", ", model.Outputs)),
            ("ONNX", $"opset {model.Opset}, {model.NodeCount} nodes"),
        ]);
        return Tool.Success;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
