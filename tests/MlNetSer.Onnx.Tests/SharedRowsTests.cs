using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx.Tests;

/// <summary>Layers that overlapping patches share must give each patch what it would get by itself.</summary>
public class SharedRowsTests
{
    /// <summary>One patch; two at the shortest distance; a last one at the regular hop, and off it by even and odd numbers of frames; several blocks.</summary>
    private static readonly int[] s_frames = [0, 1, 49, 50, 51, 200, 225, 226, 2000];

    /// <summary>The architectures of the library's own encoders, and hops at which a first pooling, a second and none has phases.</summary>
    public static TheoryData<string, int> Encoders => new()
    {
        { "1 0 1 0 1 0", 50 },
        { "1 1 1 0 1 1 0 1 0", 50 },
        { "1 0 1 0 1 0", 48 },
        { "1 1 0 1", 33 },
        { "1 1 0 1", 1 },
    };

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Every_patch_gets_the_embedding_that_it_gets_by_itself(string layers, int hop)
    {
        var encoder = SmallEncoder.BuildDeep([.. layers.Split(' ').Select(int.Parse)]);
        var info = SmallEncoder.Info with { EmbeddingSize = 32, LogMel = new() { PatchHop = hop } };
        Assert.NotNull(SharedRows.Find(encoder, info.LogMel));
        using var composed = new Runtime(SoundEncoderGraph.Compose(encoder, info));
        using var frontEnd = new Runtime(LogMelFrontEnd.Build(info.LogMel));
        using var alone = new Runtime(encoder);
        foreach (var more in s_frames.Where(frames => frames < 45 * hop))
        {
            var wave = SoundEncoderGraphTests.Wave(SoundEncoderGraphTests.Noise(22050 + (more * 220), more));

            var shared = composed.Run(wave)["patch_embeddings"].Values;

            var logMel = frontEnd.Run(wave)["log_mel"].Values;
            var lastStart = (logMel.Length / 96) - 101;
            var starts = Enumerable.Range(0, ((lastStart + hop - 1) / hop) + 1).Select(i => Math.Min(i * hop, lastStart)).ToArray();
            Assert.Equal(starts.Length * 32, shared.Length);
            foreach (var (start, i) in starts.Select((start, i) => (start, i)).Where(p => p.i < 3 || p.i > starts.Length - 4))
            {
                var patch = logMel.Skip(start * 96).Take(101 * 96).Select(v => ((float)v - -1.25f) / 3.5f).ToArray();
                var expected = alone.Run(Runtime.Feed("patches", patch, 1, 1, 101, 96))["embeddings"].Values;
                Assert.All(expected.Zip(shared.Skip(i * 32)), v => Assert.Equal(v.First, v.Second, 2e-6));
            }
        }
    }

    [Fact]
    public void Weights_are_there_once()
    {
        var encoder = SmallEncoder.BuildDeep([1, 0, 1, 0]);
        var model = SoundEncoderGraph.Compose(encoder, SmallEncoder.Info with { EmbeddingSize = 32 });
        var front = LogMelFrontEnd.Build(new());
        Assert.InRange(model.ToBytes().Length - front.ToBytes().Length, encoder.ToBytes().Length, encoder.ToBytes().Length + 12_000);
        Assert.Empty(model.FindProblems());
        // ONNX Runtime warns its users of each that is there for nothing.
        var used = Nodes(model.Proto.Graph).SelectMany(n => n.Input).ToHashSet();
        Assert.All(model.Proto.Graph.Initializer, weights => Assert.Contains(weights.Name, used));

        static IEnumerable<NodeProto> Nodes(GraphProto graph) => graph.Node.SelectMany(n => ValueNames.SubGraphs(n).SelectMany(Nodes).Prepend(n));
    }

    [Theory]
    [InlineData("1 0", 50)]
    [InlineData("1 0 1 0", 101)]
    [InlineData("1 1 0 1", 95)]
    public void Nothing_is_shared_where_nothing_is_gained(string layers, int hop) =>
        Assert.Null(SharedRows.Find(SmallEncoder.BuildDeep([.. layers.Split(' ').Select(int.Parse)]), new() { PatchHop = hop }));
}
