using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetSer.Audio.Tests;
using MlNetSer.Testing;
using MlNetSer.Tests;

namespace MlNetSer.Endurance.Tests;

/// <summary>One sound gives one vector, in whatever form, order and company it comes.</summary>
public sealed class SameSoundTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Formats_rates_and_channels_give_the_same_vector()
    {
        SndFileWriter.RequireLibrary();
        using var embedder = new SoundEmbedder();
        var rows = SameSoundTable.Measure(embedder);
        Assert.All(rows.Where(r => r.Least is not null), row => Assert.True(row.Lowest >= row.Least, $"{row}"));
        // What is told about loudness: it does not matter, as the model divides by the peak.
        Assert.All(rows.Where(r => r.Form.StartsWith("12 dB", StringComparison.Ordinal)), row => Assert.True(row.Lowest >= 0.99, $"{row}"));
    }

    [Fact]
    public void Threads_order_and_company_make_no_difference_at_all()
    {
        using var embedder = new SoundEmbedder(TestModel.Bytes);
        // Two of them are longer than one run of the session takes.
        string[] paths = [.. Enumerable.Range(0, 14).Select(i => TestModel.WriteSound(_folder.File($"{i}.wav"), i is 3 or 9 ? 20 : 0.2 + (0.3 * i), i))];
        var alone = paths.Select(p => embedder.EmbedFile(p)).ToArray();

        foreach (var threads in new[] { 1, 2, 16 }) Assert.Equal(alone, embedder.EmbedFiles(paths, threads).Select(e => e.Vector!));
        Assert.Equal(alone.Reverse(), embedder.EmbedFiles([.. paths.Reverse()], 3).Select(e => e.Vector!));
        var sounds = paths.Select((_, i) => (ReadOnlyMemory<float>)TestModel.Sound(i is 3 or 9 ? 20 : 0.2 + (0.3 * i), i)).ToArray();
        Assert.Equal(alone, embedder.GetSceneEmbeddings(sounds));
        Assert.Equal(alone, sounds.Select(s => embedder.Embed(s.Span)));

        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable(paths.Select(p => new Row { SoundPath = p }));
        var model = ml.Transforms.ApplySoundEmbedding("Features", "SoundPath", TestModel.Write(_folder.File("encoder.onnx"))).Fit(data);
        var column = model.Transform(data).GetColumn<float[]>("Features").ToArray();
        var again = model.Transform(data).GetColumn<float[]>("Features").ToArray();
        Assert.Equal(column, again);
        Assert.Equal(alone, column);
    }

    private sealed class Row
    {
        public string SoundPath { get; set; } = "";
    }
}
