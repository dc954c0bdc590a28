using System.CommandLine;
using System.Globalization;
using MlNetSer.Audio;
using MlNetSer.Onnx;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary><c>views</c>: what pretraining makes of a clip, as a picture.</summary>
internal static class ViewsVerb
{
    /// <summary>A folder of thousands is not decoded for two backgrounds.</summary>
    private const int MostBackgrounds = 20;

    public static VerbCommand Create(Screen screen)
    {
        var clip = new Argument<string>("SOUND") { Description = "The clip, a sound file." };
        var background = SoundArguments.Data(
            "Where backgrounds are drawn from: folders, CSV files, sound files. [default: the other sounds in the clip's folder]",
            required: false,
            "--background", "-b");
        var config = new Option<string?>("--config")
        {
            Description = "Settings as pretrain takes them, or a run's run.json. [default: the published best]",
            HelpName = "JSON",
        };
        var seed = Numbers.Option("--seed", "Another seed draws other patches, backgrounds and augmentations.", 0L, least: 0);
        var output = new Option<string>("--out", "-o")
        {
            Description = "The picture that is written.",
            HelpName = "PNG",
            DefaultValueFactory = _ => "views.png",
        };
        var verb = new VerbCommand(
            "views",
            "Draws how the two views of a clip come about: the clip, its patches, their backgrounds, the mixes, the augmented views.",
            "views clip.wav --out views.png",
            "views clip.wav --background recordings --config run/run.json --seed 2")
        {
            clip, background, config, seed, output,
        };
        verb.SetAction((parsed, cancellation) => Task.FromResult(Run(
            new(parsed.GetRequiredValue(clip), parsed.GetValue(background) ?? [], parsed.GetRequiredValue(output))
            {
                Settings = parsed.GetValue(config) is { } file ? PretrainSettings.FromFile(file) : new(),
                Seed = parsed.GetValue(seed),
            },
            screen,
            cancellation)));
        return verb;
    }

    internal sealed record Arguments(string Clip, IReadOnlyList<string> Backgrounds, string Output)
    {
        public required PretrainSettings Settings { get; init; }

        public long Seed { get; init; }
    }

    internal static int Run(Arguments arguments, Screen screen, CancellationToken cancellation)
    {
        string[] files = [arguments.Clip, .. Backgrounds(arguments)];
        var folder = Directory.CreateTempSubdirectory("mlnetser-views-").FullName;
        try
        {
            using var sounds = LogMelCache.OpenOrCreate(folder, files, new LogMelSettings(), null, cancellation);
            if (sounds.PathOf(0) != arguments.Clip) throw new Failure(sounds.Unreadable[0].Reason);
            var example = ViewExample.Make(sounds, 0, arguments.Settings.Views, arguments.Seed);
            ViewsChart.Save(arguments.Output, Path.GetFileName(arguments.Clip), example, sounds.Settings);
            var mixed = example.BackgroundShare is { } share
                ? $", mixed with {(100 * share).ToString("0.0", CultureInfo.InvariantCulture)} % of {Names(example)}"
                : "";
            screen.Line($"{arguments.Output}: two views of {arguments.Clip}{mixed}");
            screen.Json(new { File = arguments.Output, example.BackgroundShare, Backgrounds = new[] { example.First.BackgroundPath, example.Second.BackgroundPath } });
            return Tool.Success;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Names(ViewExample example) =>
        string.Join(" and ", new[] { example.First, example.Second }.Select(v => Path.GetFileName(v.BackgroundPath)).Distinct());

    private static IEnumerable<string> Backgrounds(Arguments arguments)
    {
        if (arguments.Settings.Views.MixBack is not { Backgrounds: MixBackBackgrounds.OtherClips }) return [];
        var clip = Path.GetFullPath(arguments.Clip);
        var named = arguments.Backgrounds.Count > 0
            ? SoundArguments.Read(arguments.Backgrounds).Select(s => s.Path)
            : Directory.EnumerateFiles(Path.GetDirectoryName(clip)!).Where(SoundFile.HasSoundExtension).Order(StringComparer.Ordinal);
        string[] others = [.. named.Where(path => Path.GetFullPath(path) != clip)];
        // At even distances, so that a folder sorted by label gives some of each.
        var count = Math.Min(MostBackgrounds, others.Length);
        return Enumerable.Range(0, count).Select(i => others[i * others.Length / count]);
    }
}
