using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO.Enumeration;

namespace MlNetSer.Cli;

/// <summary><c>similar</c>: the sounds of an index that sound most like others.</summary>
internal static class SimilarVerb
{
    public static VerbCommand Create(Screen screen)
    {
        var index = new Option<string[]>("--index", "-i")
        {
            Description = "What embed wrote: folders of parts, Parquet files. Other programs' Parquet files do as well, with columns path and embedding.",
            HelpName = "FOLDER|PARQUET",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var query = new Option<string[]>("--query", "-q")
        {
            Description = "Sounds to compare with: sound files, folders, CSV files that list sounds.",
            HelpName = "SOUND",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var model = SoundArguments.Model();
        var top = Numbers.Option("--top", "How many sounds to show for each query.", 10, least: 1);
        var atLeast = new Option<float>("--at-least") { Description = "Only sounds at least as similar, from -1 to 1.", HelpName = "COSINE", DefaultValueFactory = _ => -1 };
        atLeast.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && float.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && !(value is >= -1 and <= 1))
                result.AddError($"--at-least is {token.Value}, expected a number from -1 to 1");
        });
        var only = new Option<string?>("--only") { Description = "Only sounds whose path is like this, with * and ? for what may be there.", HelpName = "PATTERN" };
        var label = new Option<string[]>("--label") { Description = "Only sounds with one of these labels.", HelpName = "LABEL", AllowMultipleArgumentsPerToken = true };
        var others = new Option<bool>("--others") { Description = "Leaves out sounds of the same content as a query, byte for byte, as the query itself." };
        var threads = Numbers.Option("--threads", "Threads that search; 0 for the number of processors.", 0, least: 0);
        var output = new Option<string?>("--out", "-o") { Description = "A CSV file (query, path, label, similarity) to write instead of showing a table.", HelpName = "CSV" };
        var verb = new VerbCommand(
            "similar",
            "Finds the sounds of an index that are most similar to others, by the cosine of their embeddings, exactly.",
            "similar --index parts --query clip.wav --top 10",
            "similar --index parts more.parquet --query clips --only '*/night/*' --at-least 0.8 --others --out found.csv")
        {
            index, query, model, top, atLeast, only, label, others, threads, output,
        };
        verb.SetAction((parsed, cancellation) => Task.FromResult(Run(
            new(parsed.GetRequiredValue(index), parsed.GetRequiredValue(query), parsed.GetValue(model))
            {
                Top = parsed.GetValue(top),
                AtLeast = parsed.GetValue(atLeast),
                Only = parsed.GetValue(only),
                Labels = parsed.GetValue(label) ?? [],
                Others = parsed.GetValue(others),
                Threads = parsed.GetValue(threads),
                Output = parsed.GetValue(output),
            },
            screen,
            cancellation)));
        return verb;
    }

    internal sealed record Arguments(IReadOnlyList<string> Index, IReadOnlyList<string> Queries, string? Model)
    {
        public int Top { get; init; } = 10;

        public float AtLeast { get; init; } = -1;

        public string? Only { get; init; }

        public IReadOnlyList<string> Labels { get; init; } = [];

        public bool Others { get; init; }

        /// <summary>0 for as many as there are processors.</summary>
        public int Threads { get; init; }

        public string? Output { get; init; }
    }

    internal static int Run(Arguments arguments, Screen screen, CancellationToken cancellation)
    {
        if (arguments.Output is { } output) AtomicFile.Require(output);
        using var index = new EmbeddingIndex(arguments.Index);
        string[] queries = [.. SoundArguments.Read(arguments.Queries).Select(s => s.Path)];
        var search = new SimilaritySearch(Embed(arguments.Model, queries, index.Model, cancellation), arguments.Top, arguments.AtLeast);
        var watch = Stopwatch.StartNew();
        index.Search(search, Filter(arguments, queries), arguments.Threads == 0 ? Environment.ProcessorCount : arguments.Threads, cancellation);
        screen.Note(string.Create(CultureInfo.InvariantCulture, $"{index.Rows} rows compared in {watch.Elapsed.TotalSeconds:0.00} s"));

        var found = queries.SelectMany((query, i) => search.Nearest(i).Select(neighbour =>
        {
            var sound = index[neighbour.Row];
            return (Query: query, sound.Path, sound.Label, neighbour.Similarity);
        })).ToArray();
        screen.Json(found.Select(f => new { f.Query, f.Path, f.Label, f.Similarity }));
        var rows = found.Select(f => (IReadOnlyList<string>)[f.Query, f.Path, f.Label, f.Similarity.ToString("0.0000", CultureInfo.InvariantCulture)]);
        string[] header = ["query", "path", "label", "similarity"];
        if (arguments.Output is { } file)
        {
            CsvRows.Write(file, header, rows);
            screen.Line($"{found.Length} sounds: {file}");
            return Tool.Success;
        }
        var columns = queries.Length == 1 ? 1 : 0;
        screen.Table(header[columns..], rows.Select(row => (IReadOnlyList<string>)[.. row.Skip(columns)]));
        return Tool.Success;
    }

    private static float[][] Embed(string? model, string[] queries, (string Name, string Hash)? indexed, CancellationToken cancellation)
    {
        var path = model ?? SoundModels.Default;
        using var embedder = new SoundEmbedder(path);
        if (indexed is { } other && EncoderIdentity.HashOf(path) is var hash && hash != other.Hash)
            throw new Failure($"The index was made with '{other.Name}' {other.Hash[..8]}, and the queries would be with '{embedder.Info.Name}' {hash[..8]}: name that model by --model.");
        return [.. embedder.EmbedFiles(queries, cancellationToken: cancellation).Select(e => e.Vector ?? throw new Failure(e.Error!))];
    }

    private static Func<IndexedSound, bool>? Filter(Arguments arguments, string[] queries)
    {
        if (arguments.Only is null && arguments.Labels.Count == 0 && !arguments.Others) return null;
        var same = arguments.Others ? queries.Select(EncoderIdentity.HashOf).ToHashSet() : [];
        return sound =>
            (arguments.Only is null || FileSystemName.MatchesSimpleExpression(arguments.Only, sound.Path, ignoreCase: false))
            && (arguments.Labels.Count == 0 || arguments.Labels.Contains(sound.Label))
            && (sound.ContentHash is null || !same.Contains(sound.ContentHash));
    }
}
