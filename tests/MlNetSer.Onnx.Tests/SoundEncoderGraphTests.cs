using Microsoft.ML.OnnxRuntime;

namespace MlNetSer.Onnx.Tests;

public class SoundEncoderGraphTests
{
    private static readonly LogMelSettings s_settings = new();

    public static TheoryData<int> Lengths => [0, 1, 2205, 22050, 22051, 22050 + (50 * 220), 110250, 110250 + 219, 300000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Embeddings_are_those_of_the_patches_cut_and_normalised_by_hand(int samples)
    {
        var wave = Noise(samples, 3);
        using var composed = new Runtime(SoundEncoderGraph.Compose(SmallEncoder.Build(), SmallEncoder.Info));
        using var frontEnd = new Runtime(LogMelFrontEnd.Build(s_settings));
        using var encoder = new Runtime(SmallEncoder.Build());

        var result = composed.Run(Wave(wave));

        var logMel = frontEnd.Run(Wave(wave))["log_mel"];
        var frames = logMel.Shape[0];
        var starts = new List<int>();
        for (var start = 0; start + 101 <= frames; start += 50) starts.Add(start);
        if (starts[^1] + 101 < frames) starts.Add(frames - 101);
        Assert.Equal(starts.Count, s_settings.PatchCount(samples));
        Assert.Equal([starts.Count, SmallEncoder.EmbeddingSize], result["patch_embeddings"].Shape);
        Assert.Equal([1, SmallEncoder.EmbeddingSize], result["embedding"].Shape);
        for (var p = 0; p < starts.Count; p++)
        {
            var patch = logMel.Values.Skip(starts[p] * 96).Take(101 * 96).Select(v => (float)((v + 1.25) / 3.5)).ToArray();
            var expected = encoder.Run(Runtime.Feed("patches", patch, 1, 1, 101, 96))["embeddings"].Values;
            var actual = result["patch_embeddings"].Values.Skip(p * SmallEncoder.EmbeddingSize).Take(SmallEncoder.EmbeddingSize);
            Assert.All(expected.Zip(actual), v => Assert.Equal(v.First, v.Second, 1e-5));
        }
        for (var d = 0; d < SmallEncoder.EmbeddingSize; d++)
        {
            var mean = Enumerable.Range(0, starts.Count).Average(p => result["patch_embeddings"].Values[(p * SmallEncoder.EmbeddingSize) + d]);
            Assert.Equal(mean, result["embedding"].Values[d], 1e-5);
        }
    }

    [Fact]
    public void One_missing_sample_is_told_though_the_encoder_swallows_it()
    {
        var g = new OnnxGraphBuilder("swallows");
        var patches = g.Input("patches", OnnxElementType.Float32, "batch", 1, 101, 96);
        var heard = g.Where(g.Node("IsNaN", [patches]), g.Scalar(0f), patches);
        g.Output("embeddings", g.Flatten(g.ReduceMean(heard, [2, 3])), OnnxElementType.Float32, "batch", 1);
        var model = SoundEncoderGraph.Compose(g.Build(), SmallEncoder.Info with { EmbeddingSize = 1 });
        using var plain = new Runtime(model);
        using var telling = new Runtime(SoundEncoderGraph.WithMissing(model));
        var whole = Noise(30_000, 4);
        Assert.Equal(plain.Run(Wave(whole))["embedding"].Values, telling.Run(Wave(whole))["embedding"].Values);

        whole[29_999] = float.NaN;

        Assert.All(plain.Run(Wave(whole))["embedding"].Values, v => Assert.False(double.IsNaN(v)));
        Assert.All(telling.Run(Wave(whole))["embedding"].Values, v => Assert.True(double.IsNaN(v)));
        Assert.All(telling.Run(Wave(whole))["patch_embeddings"].Values, v => Assert.True(double.IsNaN(v)));
    }

    [Fact]
    public void A_clip_may_be_what_is_largest_in_its_patches()
    {
        using var composed = new Runtime(SoundEncoderGraph.Compose(SmallEncoder.Build(), SmallEncoder.Info with { Pooling = ClipPooling.Maximum }));
        var result = composed.Run(Wave(Noise(100_000, 5)));
        var patches = result["patch_embeddings"].Values.Chunk(SmallEncoder.EmbeddingSize).ToArray();
        Assert.True(patches.Length > 3);
        Assert.Equal(Enumerable.Range(0, SmallEncoder.EmbeddingSize).Select(d => patches.Max(p => p[d])), result["embedding"].Values);
    }

    [Theory]
    [InlineData(18)]
    [InlineData(26)]
    public void The_encoder_decides_the_opset(int opset)
    {
        var wave = Wave(Noise(100_000, 4));
        var model = SoundEncoderGraph.Compose(SmallEncoder.Build(opset, "clip_statistics", "embedding"), SmallEncoder.Info);
        Assert.Equal(opset, model.Opset);
        Assert.Empty(model.FindProblems());
        Assert.Equal("small", SoundModelInfo.Read(model).Name);
        using var newer = new Runtime(model);
        using var oldest = new Runtime(SoundEncoderGraph.Compose(SmallEncoder.Build(), SmallEncoder.Info));
        var expected = oldest.Run(wave)["embedding"].Values;
        Assert.All(expected.Zip(newer.Run(wave)["embedding"].Values), v => Assert.Equal(v.First, v.Second, 1e-5));
    }

    [Fact]
    public void The_same_encoder_and_description_give_the_same_bytes() => Assert.Equal(
        SoundEncoderGraph.Compose(SmallEncoder.Build(), SmallEncoder.Info).ToBytes(),
        SoundEncoderGraph.Compose(SmallEncoder.Build(), SmallEncoder.Info).ToBytes());

    [Fact]
    public void An_encoder_that_does_not_fit_is_refused_with_what_it_has()
    {
        Refused("has the outputs embeddings: Float32 [batch, 6]; expected one: Float32 [?, 7]", SmallEncoder.Build(), SmallEncoder.Info with { EmbeddingSize = 7 });
        Refused(
            "has the inputs patches: Float32 [batch, 1, 101, 96]; expected one: Float32 [?, 1, 101, 64]",
            SmallEncoder.Build(),
            SmallEncoder.Info with { LogMel = new() { MelBands = 64 } });
        Refused("has the outputs y: Float32 [1, 6]", Encoder(OnnxElementType.Float32, 1));
        Refused("has the outputs y: Int64 [B, 6]", Encoder(OnnxElementType.Int64, "B"));

        static void Refused(string message, OnnxModel encoder, SoundModelInfo? info = null) => Assert.Contains(
            message, Assert.Throws<OnnxModelException>(() => SoundEncoderGraph.Compose(encoder, info ?? SmallEncoder.Info)).Message);

        static OnnxModel Encoder(OnnxElementType type, OnnxDimension batch)
        {
            var g = new OnnxGraphBuilder("encoder");
            g.Output("y", g.Cast(g.Input("x", OnnxElementType.Float32, "B", 1, 101, 96), type), type, batch, 6);
            return g.Build();
        }
    }

    [Fact]
    public void The_waveform_is_the_only_input_that_must_be_fed()
    {
        var model = SoundEncoderGraph.Compose(SmallEncoder.Build(), SmallEncoder.Info);
        using var runtime = new Runtime(model);

        Assert.Equal("waveform: Float32 [1, N]", Assert.Single(model.Inputs).ToString());
        Assert.Equal(["embedding: Float32 [1, 6]", "patch_embeddings: Float32 [P, 6]"], model.Outputs.Select(o => o.ToString()));
        Assert.Equal("waveform", Assert.Single(runtime.Session.InputMetadata).Key);
        Assert.Empty(runtime.Session.OverridableInitializerMetadata);
    }

    [Theory]
    [InlineData(300_000, 3)]
    [InlineData(300_000, 100)]
    [InlineData(22050 + (11000 * 4) + 1, 1)]
    [InlineData(22050 + (11000 * 4), 4)]
    [InlineData(500, 1)]
    [InlineData(1_000_003, 16)]
    public void Chunks_of_a_long_recording_give_the_patches_of_the_whole(int samples, int patchesPerChunk)
    {
        var wave = Noise(samples, samples);
        var model = SoundEncoderGraph.Compose(SmallEncoder.Build(), SmallEncoder.Info);
        using var unchanged = new Runtime(model);
        var whole = unchanged.Run(Wave(wave))["patch_embeddings"].Values;
        model.MakeInput("clip_statistics");
        using var runtime = new Runtime(model);
        var statistics = new ClipStatistics();
        foreach (var piece in wave.Chunk(1000)) statistics.Add(piece);

        var chunks = RecordingChunk.OfPatches(s_settings, samples, patchesPerChunk).ToArray();
        var joined = chunks.SelectMany(c =>
        {
            var piece = wave[(int)c.Start..((int)c.Start + c.Samples)];
            return runtime.Run(Wave(piece), Runtime.Feed("clip_statistics", statistics.ToArray(), 2))["patch_embeddings"].Values
                .Skip(c.Skip * SmallEncoder.EmbeddingSize).Take(c.Take * SmallEncoder.EmbeddingSize);
        }).ToArray();

        Assert.Equal((s_settings.PatchCount(samples) + patchesPerChunk - 1) / patchesPerChunk, chunks.Length);
        Assert.All(chunks, c => Assert.InRange(c.Take, 1, patchesPerChunk));
        Assert.Equal(whole.Length, joined.Length);
        Assert.All(whole.Zip(joined), v => Assert.Equal(v.First, v.Second, 2e-5));
    }

    internal static NamedOnnxValue Wave(float[] samples) => Runtime.Feed("waveform", samples, 1, samples.Length);

    /// <summary>Noise whose loudness and offset change over time, so that wrong statistics or wrong places show.</summary>
    internal static float[] Noise(int samples, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, samples).Select(i => (float)((random.NextDouble() - 0.4) * (0.05 + (0.4 * Math.Abs(Math.Sin(i * 1e-5))))))];
    }
}
