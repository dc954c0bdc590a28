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
        var verb = new VerbCommand(
            "info",
            "Shows what the ONNX file of an encoder or a classifier says about itself.",
            "info encoder.onnx",
            "info encoder.onnx --json")
        {
            model,
        };
        verb.SetAction(parsed => Run(parsed.GetValue(model) ?? SoundModels.Default, screen));
        return verb;
    }

    internal static int Run(string path, Screen screen)
    {
        var info = SoundModelInfo.Read(path);
        screen.Json(info);
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
            ("patches", Invariant($"{mel.PatchFrames} frames, one every {mel.PatchHop}, pooled by their {info.Pooling.ToString().ToLowerInvariant()}")),
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
