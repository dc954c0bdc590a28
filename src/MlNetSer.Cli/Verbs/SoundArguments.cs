using System.CommandLine;
using MlNetSer.Audio;

namespace MlNetSer.Cli;

/// <summary>The options by which verbs are told what sounds to work on, and which encoder to use.</summary>
internal static class SoundArguments
{
    public static Option<string[]> Data(string description, bool required = true, string name = "--data", string alias = "-d")
    {
        var data = new Option<string[]>(name, alias)
        {
            Description = description,
            HelpName = "FOLDER|CSV",
            Required = required,
            AllowMultipleArgumentsPerToken = true,
        };
        // An option that takes several values would also take a mistyped option's name for one.
        data.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(t => t.Value.StartsWith('-') && !Path.Exists(t.Value)) is { } token)
                result.AddError($"Unrecognized option '{token.Value}'");
        });
        return data;
    }

    public static Option<string?> Model() => new("--model", "-m")
    {
        Description = "The encoder, an ONNX file that export wrote. [default: the encoder that comes with the tool]",
        HelpName = "ONNX",
    };

    /// <summary>The sounds in folders, the sounds that CSV files list, and single sound files, in the order of the arguments.</summary>
    public static IReadOnlyList<LabelledSound> Read(IEnumerable<string> data) =>
        [.. data.SelectMany(path => SoundFile.HasSoundExtension(path) && !Directory.Exists(path)
            ? [new LabelledSound(path, "")]
            : SoundTable.Read(path))];

    /// <summary>The same for pretraining: without the test sets that data sets fix, so that they stay unheard.</summary>
    public static IReadOnlyList<LabelledSound> ReadForPretraining(IEnumerable<string> data) => [.. Read(data).Where(s => !s.IsTest)];

    /// <summary>The same for evaluation, which needs at least two labels and says so before hours of embedding.</summary>
    public static IReadOnlyList<LabelledSound> ReadLabelled(string data) => RequireLabels(SoundTable.Read(data), data);

    /// <summary>The sounds themselves, if each has one label and there are two labels at least.</summary>
    public static IReadOnlyList<LabelledSound> RequireLabels(IReadOnlyList<LabelledSound> sounds, string data)
    {
        if (sounds.Count == 0) throw new Failure($"{data} stands for no labelled sounds: name some by --evaluate.");
        if (sounds.FirstOrDefault(s => s.IsMultiLabel) is not null)
        {
            throw new Failure(
                $"{data} gives each sound several labels, and evaluation needs one: it can be used for pretrain and embed, not for evaluate.");
        }
        if (sounds.FirstOrDefault(s => s.Label.Length == 0) is { } unlabelled)
            throw new Failure($"{unlabelled.Path} has no label: put the sounds of each label into a sub-folder of {data} named after it.");
        if (sounds.All(s => s.Label == sounds[0].Label))
            throw new Failure($"{data}: all {sounds.Count} sounds have the label '{sounds[0].Label}'; expected at least two labels.");
        return sounds;
    }
}
