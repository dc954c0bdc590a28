using MlNetSer.Audio;
using MlNetSer.Testing;
using Parquet;
using Parquet.Schema;

namespace MlNetSer.Cli;

/// <summary>Sounds looked up in what <c>embed</c> wrote.</summary>
public sealed class SimilarTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _sounds;
    private readonly string _model;
    private readonly string _parts;

    public SimilarTests()
    {
        _sounds = SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 6);
        SoundsOnDisk.Bad(Path.Combine(_sounds, "nan.wav"));
        _model = _folder.File("tiny.onnx");
        TinyEncoder.Save(_model);
        _parts = _folder.File("parts");
        foreach (var shard in (string[])["0/2", "1/2"])
            InProcess.Succeeds("embed", "--model", _model, "--data", _sounds, "--out", _parts, "--shard", shard);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Parts_a_merged_file_and_a_table_give_the_same_neighbours()
    {
        var merged = _folder.File("merged.parquet");
        InProcess.Succeeds("embed", "--merge", _parts, "--out", merged);
        var table = _folder.File("table.parquet");
        InProcess.Succeeds("embed", "--model", _model, "--data", _sounds, "--out", table);
        string[] queries = [.. SoundFile.Find(_sounds).Where(p => !p.EndsWith("nan.wav", StringComparison.Ordinal))];

        // From the embedder, by a sort.
        using var embedder = new SoundEmbedder(_model);
        var vectors = queries.Select(q => embedder.EmbedFile(q)).ToArray();
        var expected = new List<string> { "query,path,label,similarity" };
        for (var q = 0; q < 2; q++)
        {
            expected.AddRange(queries.Select((path, i) => (path, Cosine: Cosine(vectors[q], vectors[i]))).OrderByDescending(r => r.Cosine).Take(4)
                .Select(r => FormattableString.Invariant($"{queries[q]},{r.path},{Path.GetFileName(Path.GetDirectoryName(r.path))},{r.Cosine:0.0000}")));
        }
        foreach (var index in (string[])[_parts, merged, table])
        {
            var found = _folder.File("found.csv");
            InProcess.Succeeds("similar", "--model", _model, "--index", index, "--query", queries[0], queries[1], "--top", "4", "--out", found);
            Assert.Equal(expected, File.ReadAllLines(found));
        }
    }

    [Fact]
    public void Filters_leave_out_what_they_say()
    {
        var query = SoundFile.Find(_sounds)[0];
        string[] Found(params string[] more) =>
        [
            .. InProcess.Succeeds(["similar", "--model", _model, "--index", _parts, "--query", query, "--top", "20", .. more])
                .Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).Select(line => line.Split('|')[1].Trim()),
        ];
        var all = Found();
        Assert.Equal(12, all.Length);
        Assert.Equal(query, all[0]);
        Assert.Equal(all[1..], Found("--others"));
        var label = Path.GetFileName(Directory.GetDirectories(_sounds).Order(StringComparer.Ordinal).Last());
        var expected = all.Where(p => p.Contains($"/{label}/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(6, expected.Length);
        Assert.Equal(expected, Found("--label", label));
        Assert.Equal(expected, Found("--only", $"*/{label}/*"));
        Assert.Equal([query], Found("--at-least", "0.99999"));
    }

    [Fact]
    public async Task Other_programs_files_are_searched_too()
    {
        var path = _folder.File("other.parquet");
        var name = new DataField<string>("path");
        var list = new ListField("embedding", new DataField<float>("element"));
        var schema = new ParquetSchema(name, list);
        var field = schema.DataFields[1];
        using (var embedder = new SoundEmbedder(_model))
        {
            var vector = embedder.EmbedFile(SoundFile.Find(_sounds)[0]);
            await using var stream = File.Create(path);
            await using var writer = await ParquetWriter.CreateAsync(schema, stream);
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(name, (string[])["opposite", "none", "same"]);
            var levels = Enumerable.Repeat(field.MaxDefinitionLevel, 96).ToArray();
            int[] repetitions = [0, .. Enumerable.Repeat(1, 95)];
            await group.WriteAllPartsAsync<float>(
                field, (float[])[.. vector.Select(v => -v), .. vector], (int[])[.. levels, 0, .. levels], (int[])[.. repetitions, 0, .. repetitions], default);
            group.CompleteValidate();
        }
        var said = InProcess.Succeeds("similar", "--model", _model, "--index", path, "--query", SoundFile.Find(_sounds)[0]);
        Assert.Equal(["same", "opposite"], said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).Select(line => line.Split('|')[1].Trim()));
        Assert.Contains("-1.0000", said, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_belong_together_is_refused()
    {
        var query = SoundFile.Find(_sounds)[0];
        Assert.Contains(
            "The index was made with 'tiny'", InProcess.Fails("similar", "--index", _parts, "--query", query), StringComparison.Ordinal);
        Assert.Contains("There is no index 'nowhere'", InProcess.Fails("similar", "--index", "nowhere", "--query", query), StringComparison.Ordinal);
        Assert.Contains("nan.wav", InProcess.Fails("similar", "--model", _model, "--index", _parts, "--query", Path.Combine(_sounds, "nan.wav")), StringComparison.Ordinal);
        Assert.Contains("no Parquet file", InProcess.Fails("similar", "--model", _model, "--index", query, "--query", query), StringComparison.Ordinal);
        Assert.Equal(2, InProcess.Run("similar", "--index", _parts, "--query", query, "--at-least", "1.5").ExitCode);
    }

    private static double Cosine(float[] a, float[] b)
    {
        double Dot(float[] x, float[] y) => x.Zip(y, (i, j) => (double)i * j).Sum();
        return Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));
    }
}
