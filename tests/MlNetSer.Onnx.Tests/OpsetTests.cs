namespace MlNetSer.Onnx.Tests;

public class OpsetTests
{
    public static TheoryData<int> All => [.. Enumerable.Range(OnnxGraphBuilder.OldestOpset, OnnxGraphBuilder.NewestOpset - OnnxGraphBuilder.OldestOpset + 1)];

    [Theory]
    [MemberData(nameof(All))]
    public void Operators_whose_signature_changed_run_the_same_in_every_opset(int opset)
    {
        var g = new OnnxGraphBuilder("changed", opset);
        var x = g.Input("x", OnnxElementType.Float32, "N", 4);
        var parts = g.SplitEvenly(g.Split(x, 1, 1, 3)[1], 1, 3);
        var y = g.ReduceMean(x, [1]) + g.ReduceSum(x, [1]) + g.ReduceMax(x, [1]) + parts[0] + parts[2];
        y = g.Squeeze(g.Pad(y, g.Ints(0, 1, 0, 1)), 0);
        g.Output("y", g.Softmax(y), OnnxElementType.Float32, 3);
        using var runtime = new Runtime(g.Build());
        var result = runtime.Run(Runtime.Feed("x", [0f, 0.1f, 0.2f, 0.3f], 1, 4))["y"];
        var e = Math.Exp(0.15 + 0.6 + 0.3 + 0.1 + 0.3);
        Assert.Equal([3], result.Shape);
        Assert.Equal(e / (e + 2), result.Values[1], 1e-6);
    }
}
