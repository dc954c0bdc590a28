using System.CommandLine;

namespace MlNetSer.Cli;

/// <summary><c>embed</c>: the embeddings of sounds as a table, or of an archive in parts.</summary>
internal static class EmbedVerb
{
    private const string DefaultOutput = "embeddings.csv";

    public static VerbCommand Create(Screen screen)
    {
        var model = SoundArguments.Model();
        var data = SoundArguments.Data("Folders of sounds, data sets, CSV files that list sounds, or sound files.", required: false);
        var output = new Option<string?>("--out", "-o")
        {
            Description = "The table that is written: .csv (path, label, e0, e1 ...) or .parquet (path, label, embedding). "
                + $"Without such an ending, a folder that gets a Parquet file for each part (see --shard). [default: {DefaultOutput}]",
            HelpName = "CSV|PARQUET|FOLDER",
        };
        output.Validators.Add(result =>
        {
            var path = result.Tokens[0].Value;
            if (IsFolder(path) || EmbeddingTable.CanWrite(path)) return;
            result.AddError($"--out is '{path}', expected a name that ends in {string.Join(" or ", EmbeddingTable.Extensions)}, or a folder.");
        });
        var shard = SchedulerShard.Option();
        var patches = new Option<bool>("--patches") { Description = "With --out FOLDER: the embedding of each patch of about a second as well, with its time." };
        var overwrite = new Option<bool>("--overwrite")
        {
            Description = "With --out FOLDER: makes a part anew that was made with another model or from another list of sounds, which is an error otherwise.",
        };
        var threads = Numbers.Option("--threads", "Sounds to work on at once; 0 for the number of processors.", 0, least: 0);
        var merge = new Option<string?>("--merge")
        {
            Description = "Checks that the parts in a folder are complete and of one model, and lists what is missing (with --data, missing sounds too); "
                + "--out FILE.parquet writes them as one file, sorted by path.",
            HelpName = "FOLDER",
        };
        var verb = new VerbCommand(
            "embed",
            "Computes one embedding per sound. A label is the name of the sub-folder, or what the CSV file says.",
            "embed --data sounds --out embeddings.csv",
            "embed --model encoder.onnx --data sounds more/sounds --out embeddings.parquet",
            "embed --data archive.csv --shard 3/8 --out parts",
            "embed --merge parts --data archive.csv --out archive.parquet")
        {
            model, data, output, shard, patches, overwrite, threads, merge,
        };
        verb.Validators.Add(result =>
        {
            bool Has(Option option) => result.GetResult(option) is { Implicit: false };
            var target = Has(output) ? result.GetValue(output) : null;
            var folder = target is not null && IsFolder(target);
            if (Has(merge) && target is not null && !target.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase))
                result.AddError($"--out is '{target}', expected a name that ends in .parquet where parts are merged");
            else if (Has(merge)) return;
            else if (!Has(data)) result.AddError("Option '--data' is required");
            else if (!folder && (Has(shard) || Has(patches) || Has(overwrite))) result.AddError("--shard, --patches and --overwrite need --out FOLDER");
        });
        verb.SetAction((parsed, cancellation) =>
        {
            var sounds = parsed.GetValue(data) ?? [];
            var target = parsed.GetValue(output);
            if (parsed.GetValue(merge) is { } parts) return Task.FromResult(new PartMerge(parts, sounds, target, screen, cancellation).Run());
            if (target is null || !IsFolder(target))
            {
                using var table = new TableEmbedding(
                    new(parsed.GetValue(model), sounds, target ?? DefaultOutput) { Threads = parsed.GetValue(threads) }, screen, cancellation);
                return Task.FromResult(table.Run());
            }
            var (mine, source) = SchedulerShard.Find(parsed.GetValue(shard), Environment.GetEnvironmentVariable);
            if (source is not null) screen.Note($"Part {mine}, as {source} says.");
            using var embedding = new ShardedEmbedding(
                new(parsed.GetValue(model), sounds, target, mine)
                {
                    Patches = parsed.GetValue(patches),
                    Overwrite = parsed.GetValue(overwrite),
                    Threads = parsed.GetValue(threads),
                },
                screen,
                cancellation);
            return Task.FromResult(embedding.Run());
        });
        return verb;
    }

    private static bool IsFolder(string path) => Directory.Exists(path) || Path.GetExtension(path).Length == 0;
}
