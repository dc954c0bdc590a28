namespace MlNetSer.Onnx.Tests;

public class SpliceTests
{
    /// <summary>y = factor · x, with every name given.</summary>
    private static OnnxModel Scale(string input, string output, float factor, string dimension = "N", int opset = 17)
    {
        var g = new OnnxGraphBuilder($"scale_{factor}", opset);
        var x = g.Input(input, OnnxElementType.Float32, dimension, 2);
        g.Output(output, g.Identity(x) * g.Initializer<float>("weight", [factor, factor], 2), OnnxElementType.Float32, dimension, 2);
        return g.Build();
    }

    [Fact]
    public void Models_with_equal_inner_names_run_one_after_the_other()
    {
        var model = Scale("a", "b", 2).Then(Scale("c", "d", 3, "batch")).Then(Scale("d", "b", 5)).Then(Scale("a", "e", 7));
        Assert.Empty(model.FindProblems());
        Assert.Equal("a: Float32 [N, 2]", Assert.Single(model.Inputs).ToString());
        Assert.Equal("e: Float32 [N, 2]", Assert.Single(model.Outputs).ToString());
        Assert.Equal([210, 420], Run(model, ("a", [1f, 2f]))["e"].Values);
    }

    [Fact]
    public void What_is_not_connected_stays()
    {
        var first = new OnnxGraphBuilder("first");
        var x = first.Input("x", OnnxElementType.Float32, "N", 2);
        first.Output("kept", first.Neg(x), OnnxElementType.Float32, "N", 2);
        first.Output("fed", first.Abs(x), OnnxElementType.Float32, "N", 2);
        var second = new OnnxGraphBuilder("second");
        var a = second.Input("a", OnnxElementType.Float32, "M", 2);
        var b = second.Input("b", OnnxElementType.Float32, "N", 2);
        second.Output("sum", a + b, OnnxElementType.Float32, "M", 2);
        second.Output("through", a, OnnxElementType.Float32, "M", 2);

        var model = first.Build().Then(second.Build(), ("fed", "a"));

        Assert.Empty(model.FindProblems());
        // The second model's N is not the first one's.
        Assert.Equal(["x: Float32 [N, 2]", "b: Float32 [N_2, 2]"], model.Inputs.Select(i => i.ToString()));
        Assert.Equal(["kept: Float32 [N, 2]", "sum: Float32 [N, 2]", "through: Float32 [N, 2]"], model.Outputs.Select(o => o.ToString()));
        var result = Run(model, ("x", [-1f, 2f]), ("b", [10f, 20f]));
        Assert.Equal([1, -2], result["kept"].Values);
        Assert.Equal([11, 22], result["sum"].Values);
        Assert.Equal([1, 2], result["through"].Values);
    }

    [Fact]
    public void Metadata_and_description_are_the_first_models_and_what_the_second_adds()
    {
        var (first, second) = (Scale("a", "b", 2), Scale("c", "d", 3));
        (first.Metadata["x"], first.DocString, first.ProducerName) = ("1", "text", "me");
        (second.Metadata["x"], second.Metadata["y"]) = ("2", "2");
        var model = first.Then(second);
        Assert.Equal([("x", "1"), ("y", "2")], model.Metadata.Select(m => (m.Key, m.Value)));
        Assert.Equal(("scale_2", "text", "me"), (model.Name, model.DocString, model.ProducerName));
        Assert.Equal(first.Then(second).ToBytes(), model.ToBytes());
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_both_sides()
    {
        var first = Scale("a", "b", 2);
        AssertRefused("opset", () => first.Then(Scale("c", "d", 3, opset: 18)));
        AssertRefused("both have an input or output 'a'", () => first.Then(Scale("c", "a", 3)));
        AssertRefused("element types differ between output b: Float32 [N, 2] and input c: Int64 [N, 2]", () => first.Then(Other(OnnxElementType.Int64, "N", 2)));
        AssertRefused("dimensions differ between output b: Float32 [N, 2] and input c: Float32 [N, 3]", () => first.Then(Other(OnnxElementType.Float32, "N", 3)));
        AssertRefused("numbers of dimensions differ", () => first.Then(Other(OnnxElementType.Float32, 2)));
        Assert.Contains("has no output 'z'; it has b", Assert.Throws<ArgumentException>(() => first.Then(first, ("z", "a"))).Message);
        Assert.Contains("has no input 'z'; it has a", Assert.Throws<ArgumentException>(() => first.Then(first, ("b", "z"))).Message);
        Assert.Contains("connected twice", Assert.Throws<ArgumentException>(() => first.Then(first, ("b", "a"), ("b", "a"))).Message);

        static void AssertRefused(string message, Func<object> splice) => Assert.Contains(message, Assert.Throws<OnnxModelException>(splice).Message);

        static OnnxModel Other(OnnxElementType type, params OnnxDimension[] dimensions)
        {
            var g = new OnnxGraphBuilder("other");
            g.Output("d", g.Identity(g.Input("c", type, dimensions)), type, dimensions);
            return g.Build();
        }
    }

    private static Dictionary<string, Result> Run(OnnxModel model, params (string Name, float[] Values)[] inputs)
    {
        using var runtime = new Runtime(model);
        return runtime.Run([.. inputs.Select(i => Runtime.Feed(i.Name, i.Values, 1, i.Values.Length))]);
    }
}
