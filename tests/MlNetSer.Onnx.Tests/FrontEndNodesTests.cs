using Google.Protobuf;
using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx.Tests;

/// <summary>Front ends that an operator takes the place of, and those that it must not.</summary>
public class FrontEndNodesTests
{
    private static readonly LogMelSettings s_settings = new();

    [Fact]
    public void The_front_end_becomes_one_node_whatever_its_values_are_called()
    {
        var g = new OnnxGraphBuilder("around");
        var waveform = g.Input(LogMelFrontEnd.Waveform, OnnxElementType.Float32, 1, "N");
        g.Output("out", g.Abs(g.Inline(LogMelFrontEnd.Build(s_settings), waveform)[0]), OnnxElementType.Float32, "T", 96);
        var model = g.Build();
        var known = new[] { LogMelFrontEnd.Waveform, LogMelFrontEnd.Statistics, "out" };
        ValueNames.Rename(model.Proto.Graph, ValueNames.InOrder(model.Proto.Graph).Except(known).Index().ToDictionary(name => name.Item, name => $"v{name.Index}"));

        Assert.True(FrontEndNodes.Take(model, s_settings));

        Assert.Equal(["LogMel", "Abs"], model.Proto.Graph.Node.Select(n => n.OpType));
        Assert.Equal([LogMelFrontEnd.Statistics], model.Proto.Graph.Initializer.Select(i => i.Name));
        Assert.Contains(KernelDomain.Name, model.Proto.OpsetImport.Select(o => o.Domain));
    }

    /// <summary>What must be left to ONNX Runtime.</summary>
    public static TheoryData<string> Others => ["settings", "size", "weights", "node", "attribute", "used within", "too short", "other output"];

    [Theory]
    [MemberData(nameof(Others))]
    public void Anything_else_is_left_as_it_is(string kind)
    {
        var built = kind == "size" ? new LogMelSettings { FftSize = 2000 } : s_settings;
        var model = LogMelFrontEnd.Build(built);
        var graph = model.Proto.Graph;
        var body = graph.Node.Single(n => n.OpType == "Loop").Attribute[0].G;
        switch (kind)
        {
            case "weights":
                var weights = body.Initializer.Concat(graph.Initializer).First(i => i.RawData.Length > 1000);
                var bytes = weights.RawData.ToByteArray();
                bytes[500] ^= 1;
                weights.RawData = ByteString.CopyFrom(bytes);
                break;
            case "node":
                body.Node.Last(n => n.OpType == "Add").OpType = "Sub";
                break;
            case "attribute":
                graph.Node.First(n => n.OpType == "Pad").Attribute[0].S = ByteString.CopyFromUtf8("edge");
                break;
            case "used within":
                var inner = graph.Node[0].Output[0];
                graph.Node.Add(new NodeProto { OpType = "Identity", Input = { inner }, Output = { "copy" } });
                break;
            case "too short":
                graph.Node.RemoveAt(graph.Node.Count - 1);
                break;
            case "other output":
                graph.Output.Add(new OnnxValueInfo(graph.Node[0].Output[0], OnnxElementType.Float32, []).ToProto());
                break;
        }
        var before = model.ToBytes();

        Assert.False(FrontEndNodes.Take(model, kind == "settings" ? s_settings with { LogOffset = 1e-6 } : s_settings));

        Assert.Equal(before, model.ToBytes());
    }
}
