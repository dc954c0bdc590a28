namespace MlNetSer.Onnx.Tests;

/// <summary>Every typed operation, run by ONNX Runtime in old and new opsets, against values worked out by hand.</summary>
public class OperationTests
{
    /// <summary>x is [[1, -2, 3], [4, 5, -6]].</summary>
    private static readonly Dictionary<string, (Func<OnnxGraphBuilder, OnnxValue, OnnxValue> Apply, int[] Shape, double[] Expected)> s_operations = new()
    {
        ["Add"] = ((g, x) => x + g.Scalar(1f), [2, 3], [2, -1, 4, 5, 6, -5]),
        ["Sub"] = ((g, x) => x - g.Scalar(1f), [2, 3], [0, -3, 2, 3, 4, -7]),
        ["Mul"] = ((g, x) => x * x, [2, 3], [1, 4, 9, 16, 25, 36]),
        ["Div"] = ((g, x) => x / g.Scalar(2f), [2, 3], [0.5, -1, 1.5, 2, 2.5, -3]),
        ["Pow"] = ((g, x) => g.Pow(x, g.Scalar(3f)), [2, 3], [1, -8, 27, 64, 125, -216]),
        ["Mod"] = ((g, x) => g.Mod(g.Cast(x, OnnxElementType.Int64), g.Scalar(4L)), [2, 3], [1, 2, 3, 0, 1, 2]),
        ["Min"] = ((g, x) => g.Min(x, g.Scalar(2f), g.Scalar(4f)), [2, 3], [1, -2, 2, 2, 2, -6]),
        ["Max"] = ((g, x) => g.Max(x, g.Scalar(2f)), [2, 3], [2, 2, 3, 4, 5, 2]),
        ["Neg"] = ((g, x) => g.Neg(x), [2, 3], [-1, 2, -3, -4, -5, 6]),
        ["Abs"] = ((g, x) => g.Abs(x), [2, 3], [1, 2, 3, 4, 5, 6]),
        ["Sqrt"] = ((g, x) => g.Sqrt(g.Abs(x)), [2, 3], [1, Math.Sqrt(2), Math.Sqrt(3), 2, Math.Sqrt(5), Math.Sqrt(6)]),
        ["Reciprocal"] = ((g, x) => g.Reciprocal(x), [2, 3], [1, -0.5, 1 / 3.0, 0.25, 0.2, -1 / 6.0]),
        ["Exp"] = ((g, x) => g.Exp(x), [2, 3], [.. Each(Math.Exp)]),
        ["Log"] = ((g, x) => g.Log(g.Abs(x)), [2, 3], [.. Each(v => Math.Log(Math.Abs(v)))]),
        ["Sin"] = ((g, x) => g.Sin(x), [2, 3], [.. Each(Math.Sin)]),
        ["Cos"] = ((g, x) => g.Cos(x), [2, 3], [.. Each(Math.Cos)]),
        ["Erf"] = ((g, x) => g.Erf(x), [2, 3], [0.8427007929, -0.995322265, 0.9999779095, 0.9999999846, 1, -1]),
        ["Floor"] = ((g, x) => g.Floor(x / g.Scalar(4f)), [2, 3], [0, -1, 0, 1, 1, -2]),
        ["Ceil"] = ((g, x) => g.Ceil(x / g.Scalar(4f)), [2, 3], [1, 0, 1, 1, 2, -1]),
        ["Sign"] = ((g, x) => g.Sign(x), [2, 3], [1, -1, 1, 1, 1, -1]),
        ["Clip"] = ((g, x) => g.Clip(x, g.Scalar(-1f), g.Scalar(4f)), [2, 3], [1, -1, 3, 4, 4, -1]),
        ["Clip above"] = ((g, x) => g.Clip(x, null, g.Scalar(4f)), [2, 3], [1, -2, 3, 4, 4, -6]),
        ["Equal"] = ((g, x) => g.Equal(x, g.Scalar(3f)), [2, 3], [0, 0, 1, 0, 0, 0]),
        ["Less"] = ((g, x) => g.Less(x, g.Scalar(3f)), [2, 3], [1, 1, 0, 0, 0, 1]),
        ["Greater"] = ((g, x) => g.Greater(x, g.Scalar(3f)), [2, 3], [0, 0, 0, 1, 1, 0]),
        ["And"] = ((g, x) => g.And(g.Less(x, g.Scalar(3f)), g.Greater(x, g.Scalar(-3f))), [2, 3], [1, 1, 0, 0, 0, 0]),
        ["Or"] = ((g, x) => g.Or(g.Equal(x, g.Scalar(3f)), g.Less(x, g.Scalar(-3f))), [2, 3], [0, 0, 1, 0, 0, 1]),
        ["Not"] = ((g, x) => g.Not(g.Less(x, g.Scalar(3f))), [2, 3], [0, 0, 1, 1, 1, 0]),
        ["Where"] = ((g, x) => g.Where(g.Less(x, g.Scalar(0f)), g.Scalar(9f), x), [2, 3], [1, 9, 3, 4, 5, 9]),
        ["MatMul"] = ((g, x) => g.MatMul(x, g.Constant(OnnxTensor.Create<float>([1, 0, 1], 3, 1))), [2, 1], [4, -2]),
        ["Gemm"] = ((g, x) => g.Gemm(x, x, g.Scalar(1f), alpha: 2, beta: 3, transposeB: true), [2, 2], [31, -45, -45, 157]),
        ["Gemm without c"] = ((g, x) => g.Gemm(x, x, transposeA: true), [3, 3], [17, 18, -21, 18, 29, -36, -21, -36, 45]),
        ["Einsum"] = ((g, x) => g.Einsum("ij,ij->i", x, x), [2], [14, 77]),
        ["Relu"] = ((g, x) => g.Relu(x), [2, 3], [1, 0, 3, 4, 5, 0]),
        ["LeakyRelu"] = ((g, x) => g.LeakyRelu(x, 0.5f), [2, 3], [1, -1, 3, 4, 5, -3]),
        ["Sigmoid"] = ((g, x) => g.Sigmoid(x), [2, 3], [.. Each(v => 1 / (1 + Math.Exp(-v)))]),
        ["Tanh"] = ((g, x) => g.Tanh(x), [2, 3], [.. Each(Math.Tanh)]),
        ["Softmax"] = ((g, x) => g.Softmax(x, 0), [2, 3], [.. Each(v => v switch { 1 => S(1, 4), -2 => S(-2, 5), 3 => S(3, -6), 4 => S(4, 1), 5 => S(5, -2), _ => S(-6, 3) })]),
        ["LogSoftmax"] = ((g, x) => g.LogSoftmax(g.Slice(x, 0, 0, 1)), [1, 3], [.. new[] { 1, -2, 3 }.Select(v => v - Math.Log(Math.E + Math.Exp(-2) + Math.Exp(3)))]),
        ["ReduceMean"] = ((g, x) => g.ReduceMean(x, [1]), [2, 1], [2 / 3.0, 1]),
        ["ReduceMean of all"] = ((g, x) => g.ReduceMean(x, [], keepDimensions: false), [], [5 / 6.0]),
        ["ReduceSum"] = ((g, x) => g.ReduceSum(x, [0], keepDimensions: false), [3], [5, 3, -3]),
        ["ReduceMax"] = ((g, x) => g.ReduceMax(x, [-1], keepDimensions: false), [2], [3, 5]),
        ["ReduceMin"] = ((g, x) => g.ReduceMin(x, [0, 1]), [1, 1], [-6]),
        ["ReduceProd"] = ((g, x) => g.ReduceProd(x, [1]), [2, 1], [-6, -120]),
        ["ReduceL2"] = ((g, x) => g.ReduceL2(x, [1]), [2, 1], [Math.Sqrt(14), Math.Sqrt(77)]),
        ["ReduceSumSquare"] = ((g, x) => g.ReduceSumSquare(x, [1]), [2, 1], [14, 77]),
        ["ArgMax"] = ((g, x) => g.ArgMax(x, 1, keepDimension: false), [2], [2, 1]),
        ["Identity"] = ((g, x) => g.Identity(x), [2, 3], [1, -2, 3, 4, 5, -6]),
        ["Cast"] = ((g, x) => g.Cast(x / g.Scalar(2f), OnnxElementType.Int64), [2, 3], [0, -1, 1, 2, 2, -3]),
        ["Shape"] = ((g, x) => g.Shape(x), [2], [2, 3]),
        ["Dimension"] = ((g, x) => g.Concat(0, g.Dimension(x, 0), g.Dimension(x, -1), g.Dimension(x, -2)), [3], [2, 3, 2]),
        ["Reshape"] = ((g, x) => g.Reshape(x, 3, -1), [3, 2], [1, -2, 3, 4, 5, -6]),
        ["Transpose"] = ((g, x) => g.Transpose(x, 1, 0), [3, 2], [1, 4, -2, 5, 3, -6]),
        ["Flatten"] = ((g, x) => g.Flatten(x, 0), [1, 6], [1, -2, 3, 4, 5, -6]),
        ["Squeeze"] = ((g, x) => g.Squeeze(g.ReduceSum(x, [0]), 0), [3], [5, 3, -3]),
        ["Squeeze all"] = ((g, x) => g.Squeeze(g.ReduceSum(x, [0, 1])), [], [5]),
        ["Unsqueeze"] = ((g, x) => g.Unsqueeze(x, 0, 3), [1, 2, 3, 1], [1, -2, 3, 4, 5, -6]),
        ["Concat"] = ((g, x) => g.Concat(1, x, x), [2, 6], [1, -2, 3, 1, -2, 3, 4, 5, -6, 4, 5, -6]),
        ["Split"] = ((g, x) => g.Split(x, 1, 1, 2)[1], [2, 2], [-2, 3, 5, -6]),
        ["SplitEvenly"] = ((g, x) => g.SplitEvenly(x, 1, 3)[2], [2, 1], [3, -6]),
        ["Slice"] = ((g, x) => g.Slice(x, 1, 1), [2, 2], [-2, 3, 5, -6]),
        ["Slice backwards"] = ((g, x) => g.Slice(x, 1, -1, long.MinValue, -2), [2, 2], [3, 1, -6, 4]),
        ["Slice at run time"] = ((g, x) => g.Slice(x, g.Shape(x) - g.Ints(1, 2), g.Shape(x), g.Ints(0, 1)), [1, 2], [5, -6]),
        ["Gather"] = ((g, x) => g.Gather(x, g.Ints(2, 0, 2), 1), [2, 3], [3, 1, 3, -6, 4, -6]),
        ["GatherElements"] = ((g, x) => g.GatherElements(x, g.Reshape(g.Ints(1, 0), 2, 1), 1), [2, 1], [-2, 4]),
        ["Expand"] = ((g, x) => g.Expand(g.Slice(x, 1, 0, 1), g.Ints(2, 2)), [2, 2], [1, 1, 4, 4]),
        ["Tile"] = ((g, x) => g.Tile(g.Slice(x, 0, 0, 1), g.Ints(2, 1)), [2, 3], [1, -2, 3, 1, -2, 3]),
        ["Pad"] = ((g, x) => g.Pad(x, g.Ints(0, 1, 0, 0), value: g.Scalar(7f)), [2, 4], [7, 1, -2, 3, 7, 4, 5, -6]),
        ["Pad reflect"] = ((g, x) => g.Pad(x, g.Ints(0, 1, 0, 1), "reflect"), [2, 5], [-2, 1, -2, 3, -2, 5, 4, 5, -6, 5]),
        ["ConstantOfShape"] = ((g, x) => g.ConstantOfShape(g.Shape(x), 2.5f), [2, 3], [2.5, 2.5, 2.5, 2.5, 2.5, 2.5]),
        ["Range"] = ((g, x) => g.Range(g.Scalar(1L), g.Squeeze(g.Dimension(x, 1)) * g.Scalar(3L), g.Scalar(2L)), [4], [1, 3, 5, 7]),
    };

    public static MatrixTheoryData<string, int> Cases => new(s_operations.Keys, [17, 18, 19, 21, 26]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operation_gives_what_it_says(string name, int opset)
    {
        var (apply, shape, expected) = s_operations[name];
        var g = new OnnxGraphBuilder("operation", opset);
        var x = g.Input("x", OnnxElementType.Float32, "N", "M");
        // Cast, so that one declared type serves for all results.
        g.Output("y", g.Cast(apply(g, x), OnnxElementType.Float32), OnnxElementType.Float32, [.. shape.Select(d => OnnxDimension.Fixed(d))]);
        var model = g.Build();
        Assert.Empty(model.FindProblems());

        using var runtime = new Runtime(model);
        var result = runtime.Run(Runtime.Feed("x", [1f, -2, 3, 4, 5, -6], 2, 3))["y"];

        Assert.Equal(shape, result.Shape);
        Assert.Equal(expected.Length, result.Values.Length);
        Assert.All(expected.Zip(result.Values), v => Assert.Equal(v.First, v.Second, 1e-5 * Math.Max(1, Math.Abs(v.First))));
    }

    private static IEnumerable<double> Each(Func<double, double> apply) => new double[] { 1, -2, 3, 4, 5, -6 }.Select(apply);

    private static double S(double value, double other) => 1 / (1 + Math.Exp(other - value));
}
