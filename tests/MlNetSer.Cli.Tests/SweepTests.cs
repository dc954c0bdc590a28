using System.Text.Json;
using MlNetSer.Testing;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>Variants of settings, trained and compared by the built tool.</summary>
public sealed class SweepTests : IDisposable
{
    private const string Plan = """
        {
            "base": { "epochs": 1, "batchSize": 4, "views": { "mixBack": { "alpha": 0.1 } } }, // comments are allowed
            "variants": { "as it is": {}, "no mix-back": { "views": { "mixBack": null } } },
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_plan_of_the_shipped_encoder_begins_with_the_settings_beside_it()
    {
        var (name, settings) = SweepPlan.Read(Repository.File("notebooks", "recipe", "shipped.json")).Variants[0];
        Assert.Equal("shipped", name);
        Assert.Equal(PretrainSettings.FromFile(Repository.File("models", "mlnetser-base.json")).ToJson(), settings.ToJson());
    }

    [Fact]
    public void Every_run_is_made_once_whatever_the_shards_and_restarts()
    {
        SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 10);
        File.WriteAllText(_folder.File("plan.json"), Plan);
        string[] sweep = ["sweep", "plan.json", "--data", "sounds", "--evaluate", "sounds"];

        Succeeds([.. sweep, "--seeds", "2", "--shard", "1/2"]);
        Assert.Equal(["no-mix-back/seed-0", "no-mix-back/seed-1"], Finished());
        var first = File.GetLastWriteTimeUtc(_folder.File("sweep", "no-mix-back", "seed-0", "result.json"));
        var whole = Succeeds([.. sweep, "--seeds", "2"]);
        Assert.Equal(["as-it-is/seed-0", "as-it-is/seed-1", "no-mix-back/seed-0", "no-mix-back/seed-1"], Finished());
        Assert.Equal(first, File.GetLastWriteTimeUtc(_folder.File("sweep", "no-mix-back", "seed-0", "result.json")));

        Assert.Contains("| no mix-back |     2 |", whole, StringComparison.Ordinal);
        Assert.Equal(4, whole.Count(c => c == '±'));
        Assert.Equal(whole, Succeeds([.. sweep, "--seeds", "2"]));

        var weights = File.ReadAllBytes(_folder.File("sweep", "no-mix-back", "seed-0", "checkpoint.safetensors"));
        Assert.Matches(@"\| +kNN \| +linear, 3 per label \| +kNN, 3 per label \|", Succeeds([.. sweep, "--seeds", "2", "--per-label", "3"]));
        Assert.Equal(weights, File.ReadAllBytes(_folder.File("sweep", "no-mix-back", "seed-0", "checkpoint.safetensors")));

        File.WriteAllText(_folder.File("plan.json"), Plan.Replace("\"epochs\": 1", "\"epochs\": 2", StringComparison.Ordinal));
        var changed = ToolProcess.Run(_folder.Path, sweep);
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("was trained with other settings than plan.json has", changed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_held_out_folds_clips_are_not_trained_on()
    {
        SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 9);
        var sounds = Directory.GetFiles(_folder.File("sounds"), "*.wav", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        // Four clips in fold 1, the others in fold 2.
        File.WriteAllLines(
            _folder.File("folds.csv"),
            ["filename,fold,category", .. sounds.Select((s, i) => $"{s},{(i % 9 < 2 ? 1 : 2)},{(i < 9 ? "a" : "b")}")]);
        File.WriteAllText(_folder.File("plan.json"), """{ "variants": { "x": { "epochs": 1, "batchSize": 4 } } }""");
        Succeeds("sweep", "plan.json", "--data", "folds.csv", "--evaluate", "folds.csv", "--seeds", "1", "--hold-out");
        Assert.Equal(["x/seed-0-fold-1", "x/seed-0-fold-2"], Finished());
        Assert.Equal([14, 4], Finished().Select(run =>
            JsonDocument.Parse(File.ReadAllText(_folder.File(["sweep", .. run.Split('/'), "run.json"])))
                .RootElement.GetProperty("data").GetProperty("clips").GetInt32()));
    }

    [Theory]
    [InlineData("[]", "is no JSON object")]
    [InlineData("{", "is no JSON")]
    [InlineData("{}", "has no variants")]
    [InlineData("""{ "variants": {} }""", "has no variants")]
    [InlineData("""{ "variants": { "a": 1 } }""", "'a' is Number")]
    [InlineData("""{ "variant": { "a": {} } }""", "member 'variant'")]
    [InlineData("""{ "variants": { "a b": {}, "A-b": {} } }""", "'a b' and 'A-b' would share the folder a-b")]
    [InlineData("""{ "variants": { "!": {} } }""", "'!', expected a name with letters or digits")]
    [InlineData("""{ "variants": { "a": { "epocs": 3 } } }""", "variant 'a'")]
    [InlineData("""{ "base": { "epochs": 0 }, "variants": { "a": {} } }""", "epochs is 0")]
    public void A_plan_that_cannot_be_understood_is_refused(string plan, string why)
    {
        var path = _folder.File("plan.json");
        File.WriteAllText(path, plan);
        var failure = Assert.Throws<Failure>(() => SweepPlan.Read(path));
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2/2")]
    [InlineData("1")]
    [InlineData("-1/2")]
    public void A_shard_that_is_none_is_refused(string shard)
    {
        var run = ToolProcess.Run(_folder.Path, "sweep", "plan.json", "--data", "x", "--evaluate", "x", "--shard", shard);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(shard, run.Error, StringComparison.Ordinal);
    }

    private string[] Finished() =>
    [
        .. Directory.GetFiles(_folder.File("sweep"), "result.json", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_folder.File("sweep"), Path.GetDirectoryName(path)!).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    private string Succeeds(params string[] arguments)
    {
        var run = ToolProcess.Run(_folder.Path, arguments);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output;
    }
}
