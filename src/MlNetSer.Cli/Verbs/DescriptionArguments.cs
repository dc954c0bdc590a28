using System.CommandLine;
using MlNetSer.Onnx;

namespace MlNetSer.Cli;

/// <summary>The options by which the verbs that write an encoder are told what its file shall say about itself.</summary>
internal sealed class DescriptionArguments(string defaultName)
{
    private readonly Option<string?> _name = Text("--name", $"The encoder's name. [default: {defaultName}]");
    private readonly Option<string?> _version = Text("--model-version", "The encoder's version.");
    private readonly Option<string?> _licence = Text("--licence", "The licence under which the weights may be used.");

    public void AddTo(Command verb)
    {
        verb.Add(_name);
        verb.Add(_version);
        verb.Add(_licence);
    }

    /// <summary>Puts what was given in the place of what the encoder says by itself.</summary>
    public Func<SoundModelInfo, SoundModelInfo> Read(ParseResult parsed)
    {
        var (name, version, licence) = (parsed.GetValue(_name), parsed.GetValue(_version), parsed.GetValue(_licence));
        return info => info with { Name = name ?? info.Name, Version = version ?? info.Version, Licence = licence ?? info.Licence };
    }

    /// <summary>Says what was written, and what can be done with it.</summary>
    public static void Report(Screen screen, string path, SoundModelInfo info)
    {
        var size = FormattableString.Invariant($"{new FileInfo(path).Length / 1e6:0.0} MB");
        screen.Line($"{path}: {info.Encoder} encoder, embeddings of {info.EmbeddingSize} numbers, {size}");
        screen.Next($"evaluate --model {path} --data YOUR_LABELLED_SOUNDS");
        screen.Json(new { File = path, Model = info });
    }

    public static Option<string?> Text(string name, string description) => new(name) { Description = description, HelpName = "TEXT" };
}
