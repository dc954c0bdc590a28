using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>The options of <c>pretrain</c> that are settings of the run, and <c>--config</c>, a file that has all of them.</summary>
internal sealed class SettingOptions
{
    private static readonly PretrainSettings Defaults = new();

    private readonly Option<string?> _config = new("--config", "-c")
    {
        Description = "Settings as --print-config prints them, or a run's run.json. What it leaves out has its default; options on the command line win.",
        HelpName = "JSON",
    };

    private readonly List<(Option Option, string Setting, Func<ParseResult, JsonNode?> Value)> _settings = [];

    public SettingOptions()
    {
        Add("encoder", Choice("--encoder", "The encoder's architecture.", Defaults.Encoder, SoundEncoders.Names));
        Add("epochs", Numbers.Option("--epochs", "Passes over the sounds.", Defaults.Epochs, least: 1));
        Add("batchSize", Numbers.Option("--batch", "Sounds per step.", Defaults.BatchSize, least: 2));
        Add("learningRate", Numbers.Option("--learning-rate", "Learning rate of the first epoch; it falls later on.", Defaults.LearningRate, 0));
        Add("precision", Choice(
            "--precision",
            "Of the convolutions; bfloat16 is about twice as fast on processors with AVX-512 BF16 or AMX.",
            "float32",
            ["float32", "bfloat16"]));
        Add("seed", Numbers.Option("--seed", "Where all randomness comes from.", Defaults.Seed, least: 0));
    }

    public IEnumerable<Option> All => _settings.Select(s => s.Option).Append(_config);

    /// <summary>The settings of a new run.</summary>
    public PretrainSettings Read(ParseResult parsed)
    {
        var start = parsed.GetValue(_config) is { } file ? PretrainSettings.FromFile(file) : Defaults;
        var json = JsonNode.Parse(start.ToJson())!.AsObject();
        foreach (var (_, setting, value) in Given(parsed)) json[setting] = value(parsed);
        return PretrainSettings.FromJson(json.ToJsonString());
    }

    /// <summary>Which settings the command line names, and by which option: what a run that goes on must have been started with.</summary>
    public Func<string, string?> NamedBy(ParseResult parsed)
    {
        var options = Given(parsed).ToDictionary(s => s.Setting, s => s.Option.Name);
        var config = parsed.GetValue(_config) is null ? null : _config.Name;
        return setting => options.GetValueOrDefault(setting, config!);
    }

    private IEnumerable<(Option Option, string Setting, Func<ParseResult, JsonNode?> Value)> Given(ParseResult parsed) =>
        _settings.Where(s => parsed.GetResult(s.Option) is OptionResult { Implicit: false });

    private void Add<T>(string setting, Option<T> option) =>
        _settings.Add((option, setting, parsed => JsonValue.Create(parsed.GetValue(option))));

    private static Option<string> Choice(string name, string description, string byDefault, IEnumerable<string> values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => byDefault };
        option.AcceptOnlyFromAmong([.. values]);
        return option;
    }
}
