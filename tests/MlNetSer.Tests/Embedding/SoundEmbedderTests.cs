using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;

namespace MlNetSer.Tests;

public sealed class SoundEmbedderTests
{
    /// <summary>How far values may be from those that ONNX Runtime computes alone, as in ML.NET's sessions.</summary>
    internal const double Tolerance = 2e-5;

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(5)]
    [InlineData(16.4)]
    [InlineData(16.6)]
    [InlineData(47.3)]
    public void A_clip_of_any_length_gives_what_the_whole_model_gives_at_once(double seconds)
    {
        var waveform = TestModel.Sound(seconds);
        var (embedding, patches) = RunWhole(waveform);
        using var embedder = new SoundEmbedder(TestModel.Bytes);
        AssertClose(embedding, embedder.Embed(waveform), 2e-6);
        var actual = embedder.EmbedPatches(waveform);
        Assert.Equal(embedder.Info.LogMel.PatchCount(waveform.Length), actual.Length);
        AssertClose(patches, actual.SelectMany(p => p), 2e-5);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(40)]
    public void A_model_may_keep_what_is_largest_in_the_patches(double seconds)
    {
        using var embedder = new SoundEmbedder(TestModel.Build(7, pooling: ClipPooling.Maximum).ToBytes());
        var waveform = TestModel.Sound(seconds);
        var patches = embedder.EmbedPatches(waveform);
        Assert.True(patches.Length > 5);
        AssertClose(Enumerable.Range(0, embedder.EmbeddingSize).Select(d => patches.Max(p => p[d])), embedder.Embed(waveform), 1e-6);
    }

    [Fact]
    public void A_destination_is_filled_from_its_start_and_refused_when_too_short()
    {
        var waveform = TestModel.Sound(1);
        using var embedder = new SoundEmbedder(TestModel.Bytes);
        var destination = new float[TestModel.EmbeddingSize + 2];
        embedder.Embed(waveform, destination);
        Assert.Equal([.. embedder.Embed(waveform), 0, 0], destination);
        var error = Assert.Throws<ArgumentException>(() => embedder.Embed(waveform, new float[3]));
        Assert.Contains("has 3 elements, expected at least 24", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_threads_get_what_one_thread_gets_bit_for_bit()
    {
        using var embedder = new SoundEmbedder(TestModel.Bytes);
        var clips = Enumerable.Range(1, 6).Select(i => TestModel.Sound(0.4 * i, i)).ToArray();
        var expected = clips.Select(clip => embedder.Embed(clip)).ToArray();
        Parallel.For(0, 120, new() { MaxDegreeOfParallelism = 16 }, i => Assert.Equal(expected[i % 6], embedder.Embed(clips[i % 6])));
    }

    [Fact]
    public async Task Disposing_lets_calls_under_way_finish_and_refuses_later_ones()
    {
        var clip = TestModel.Sound(4);
        for (var round = 0; round < 10; round++)
        {
            var embedder = new SoundEmbedder(TestModel.Bytes);
            var expected = embedder.Embed(clip);
            var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                while (true)
                {
                    try
                    {
                        Assert.Equal(expected, embedder.Embed(clip));
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                }
            })).ToArray();
            await Task.Delay(10, TestContext.Current.CancellationToken);
            embedder.Dispose();
            embedder.Dispose();
            await Task.WhenAll(callers).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.Throws<ObjectDisposedException>(() => embedder.Embed(clip));
        }
    }

    [Fact]
    public void Files_that_are_no_sound_models_are_refused_with_the_reason()
    {
        using var folder = new Testing.TemporaryFolder();
        Refused<FileNotFoundException>(folder.File("missing.onnx"), "no such ONNX file");

        var text = folder.File("text.onnx");
        File.WriteAllText(text, "not a model\n");
        Refused<OnnxModelException>(text, "not an ONNX model");

        var other = folder.File("other.onnx");
        LogMelFrontEnd.Build(new()).Save(other);
        Refused<SoundModelException>(other, "not a sound encoder of MlNetSer");

        var halved = folder.File("halved.onnx");
        File.WriteAllBytes(halved, TestModel.Bytes[..(TestModel.Bytes.Length / 2)]);
        Refused<OnnxModelException>(halved, "not an ONNX model");

        var newer = folder.File("newer.onnx");
        var model = TestModel.Build(7);
        model.Metadata["mlnetser.format"] = "3";
        model.Save(newer);
        Refused<SoundModelException>(newer, "format 3");

        // Metadata of ours on a graph that is not.
        var posing = folder.File("posing.onnx");
        var g = new OnnxGraphBuilder("broken");
        g.Output("embedding", g.Node("NoSuchOperator", [g.Input("waveform", OnnxElementType.Float32, 1, "N")]), OnnxElementType.Float32, 1, 24);
        var broken = g.Build();
        SoundModelInfo.Read(TestModel.Build(7)).WriteTo(broken);
        broken.Save(posing);
        Refused<SoundModelException>(posing, "");

        static void Refused<TException>(string path, string reason) where TException : Exception
        {
            var error = Assert.ThrowsAny<TException>(() => new SoundEmbedder(path));
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    /// <summary>The composed model in one piece, by ONNX Runtime's other interface.</summary>
    internal static (float[] Embedding, float[] Patches) RunWhole(float[] waveform)
    {
        using var session = new InferenceSession(TestModel.Bytes);
        var tensor = new Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<float>(waveform, [1, waveform.Length]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("waveform", tensor)]);
        return (Values("embedding"), Values("patch_embeddings"));

        float[] Values(string name) => [.. results.Single(r => r.Name == name).AsEnumerable<float>()];
    }

    internal static void AssertClose(IEnumerable<float> expected, IEnumerable<float> actual, double tolerance)
    {
        float[] e = [.. expected], a = [.. actual];
        Assert.Equal(e.Length, a.Length);
        Assert.Contains(e, v => Math.Abs(v) > 0.01);
        for (var i = 0; i < e.Length; i++) Assert.Equal(e[i], a[i], tolerance);
    }
}
