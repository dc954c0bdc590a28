using System.CommandLine;

namespace MlNetSer.Cli;

/// <summary><c>embed</c>: the embeddings of sounds as a table.</summary>
internal static class EmbedVerb
{
    public static VerbCommand Create(Screen screen)
    {
        var model = SoundArguments.Model();
        var data = SoundArguments.Data("Folders of sounds, data sets, CSV files that list sounds, or sound files.");
        var output = new Option<string>("--out", "-o")
        {
            Description = "The table that is written: .csv (path, label, e0, e1 ...) or .parquet (path, label, embedding).",
            HelpName = "CSV|PARQUET",
            DefaultValueFactory = _ => "embeddings.csv",
        };
        output.Validators.Add(result =>
        {
            var path = result.GetValueOrDefault<string>();
            if (!EmbeddingTable.CanWrite(path))
                result.AddError($"--out is '{path}', expected a name that ends in {string.Join(" or ", EmbeddingTable.Extensions)}.");
        });
        var verb = new VerbCommand(
            "embed",
            "Computes one embedding per sound. A label is the name of the sub-folder, or what the CSV file says.",
            "embed --data sounds --out embeddings.csv",
            "embed --model encoder.onnx --data sounds more/sounds --out embeddings.parquet")
        {
            model, data, output,
        };
        verb.SetAction((parsed, cancellation) => Task.FromResult(Run(
            new(parsed.GetValue(model), parsed.GetRequiredValue(data), parsed.GetRequiredValue(output)), screen, cancellation)));
        return verb;
    }

    internal sealed record Arguments(string? Model, IReadOnlyList<string> Data, string Output);

    internal static int Run(Arguments arguments, Screen screen, CancellationToken cancellation)
    {
        using var embedder = new SoundEmbedder(arguments.Model);
        var sounds = SoundArguments.Read(arguments.Data);
        var unreadable = new List<UnreadableSound>();
        screen.Progress("Embedding", progress =>
            EmbeddingTable.Write(arguments.Output, embedder.EmbeddingSize, Rows(new(progress, sounds.Count)), cancellation));
        screen.Line($"{sounds.Count - unreadable.Count} embeddings of {embedder.EmbeddingSize} numbers: {arguments.Output}");
        return Tool.Success;

        IEnumerable<EmbeddingRow> Rows(Counting progress)
        {
            var done = 0;
            string[] paths = [.. sounds.Select(s => s.Path)];
            foreach (var (sound, embedding) in sounds.Zip(embedder.EmbedFiles(paths, cancellationToken: cancellation)))
            {
                if (embedding.Vector is { } vector) yield return new(sound.Path, sound.Label, vector);
                else unreadable.Add(new(sound.Path, embedding.Error!));
                progress.Report(++done);
            }
            // Within the writing: if it stops here, no table is left behind.
            SkippedSounds.Report(screen, unreadable, sounds.Count);
        }
    }
}
