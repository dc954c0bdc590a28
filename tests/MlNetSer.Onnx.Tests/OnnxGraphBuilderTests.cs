namespace MlNetSer.Onnx.Tests;

public class OnnxGraphBuilderTests
{
    [Fact]
    public void The_example_in_the_package_s_readme_runs()
    {
        var g = new OnnxGraphBuilder("classifier");
        var x = g.Input("x", OnnxElementType.Float32, "N", 4);
        OnnxValue hidden;
        using (g.Scope("layer1"))
        {
            hidden = g.Relu(g.MatMul(x, g.Initializer("weight", new float[4 * 8], 4, 8)));
        }
        var centred = (hidden - g.ReduceMean(hidden, [1])) * g.Scalar(0.5f);
        g.Output("y", g.Softmax(centred), OnnxElementType.Float32, "N", 8);
        using var runtime = new Runtime(g.Build());
        Assert.All(runtime.Run(Runtime.Feed("x", new float[8], 2, 4))["y"].Values, v => Assert.Equal(0.125, v, 1e-6));
    }

    [Fact]
    public void Names_are_readable_unique_and_the_same_every_time()
    {
        var names = Build().Proto.Graph.Node.Select(n => n.Output[0]).ToArray();
        Assert.Equal(["block/Relu", "block/inner/Relu", "block/Relu_2", "Split:0", "y"], names);
        Assert.Equal(["block/weight", "block/weight_2"], Build().Proto.Graph.Initializer.Take(2).Select(i => i.Name));
        Assert.Equal(Build().ToBytes(), Build().ToBytes());

        static OnnxModel Build()
        {
            var g = new OnnxGraphBuilder("names");
            var x = g.Input("x", OnnxElementType.Float32, 2);
            OnnxValue y;
            using (g.Scope("block"))
            {
                g.Initializer<float>("weight", [1], 1);
                g.Initializer<float>("weight", [2], 1);
                y = g.Relu(x);
                using (g.Scope("inner")) y = g.Relu(y);
                y = g.Relu(y);
            }
            g.Output("y", g.Split(y, 0, 1, 1)[0] + g.Scalar(1f), OnnxElementType.Float32, 1);
            return g.Build();
        }
    }

    [Fact]
    public void Equal_small_constants_are_one_and_large_ones_are_left_alone()
    {
        var g = new OnnxGraphBuilder("constants");
        Assert.Same(g.Ints(1, 2), g.Ints(1, 2));
        Assert.Same(g.Scalar(1f), g.Constant(OnnxTensor.Scalar(1f)));
        Assert.NotSame(g.Scalar(1f), g.Constant(OnnxTensor.Create<float>([1], 1)));
        Assert.NotSame(g.Scalar(1L), g.Scalar(1.0));
        var large = OnnxTensor.Create<float>(new float[1000], 1000);
        Assert.NotSame(g.Constant(large), g.Constant(large));
    }

    [Fact]
    public void Inputs_constants_and_one_value_twice_can_be_outputs()
    {
        var g = new OnnxGraphBuilder("outputs");
        var x = g.Input("x", OnnxElementType.Float32, 1);
        var y = g.Neg(x);
        g.Output("same", x, OnnxElementType.Float32, 1);
        g.Output("constant", g.Scalar(4f), OnnxElementType.Float32);
        g.Output("first", y, OnnxElementType.Float32, 1);
        g.Output("second", y, OnnxElementType.Float32, 1);
        g.Output("after", g.Neg(y), OnnxElementType.Float32, 1);
        using var runtime = new Runtime(g.Build());

        var result = runtime.Run(Runtime.Feed("x", [3f], 1));

        Assert.Equal([3, 4, -3, -3, 3], new[] { "same", "constant", "first", "second", "after" }.Select(n => result[n].Values[0]));
    }

    [Fact]
    public void Attributes_of_all_kinds_and_several_outputs_reach_the_runtime()
    {
        var g = new OnnxGraphBuilder("attributes");
        var x = g.Input("x", OnnxElementType.Float32, 1, 1, 4);
        var pooled = g.Nodes("MaxPool", 2, [x], ("kernel_shape", new long[] { 2 }), ("strides", OnnxAttribute.Ints(2)), ("auto_pad", "VALID"), ("ceil_mode", false));
        var constant = g.Node("Constant", [], ("value", OnnxTensor.Create<float>([10, 20], 1, 1, 2)));
        var floats = g.Node("Constant", [], ("value_floats", new[] { 0.5f, 0.25f }));
        g.Output("values", g.LeakyRelu(pooled[0], 0.5f) + constant + floats, OnnxElementType.Float32, 1, 1, 2);
        g.Output("places", pooled[1], OnnxElementType.Int64, 1, 1, 2);
        g.Output("texts", g.Node("Constant", [], ("value_strings", new[] { "a", "b" })), OnnxElementType.String, 2);
        var model = g.Build();
        using var runtime = new Runtime(model);

        using var results = runtime.Session.Run([Runtime.Feed("x", [1f, 2, -8, -4], 1, 1, 4)]);

        Assert.Equal([12.5, 18.25], Result.From(results[0].Value).Values);
        Assert.Equal([1, 3], Result.From(results[1].Value).Values);
        Assert.Equal(["a", "b"], results[2].AsEnumerable<string>());
    }

    [Theory]
    [InlineData(true, 5)]
    [InlineData(false, -6)]
    public void Branches_use_values_of_the_graph_around_them(bool condition, double expected)
    {
        var g = new OnnxGraphBuilder("branches");
        var x = g.Input("x", OnnxElementType.Float32, 1);
        var which = g.Input("which", OnnxElementType.Bool);
        var doubled = x + x;
        var then = g.SubGraph("then");
        then.Output("grown", doubled - then.Scalar(1f), OnnxElementType.Float32, 1);
        var otherwise = g.SubGraph("otherwise");
        otherwise.Output("negated", otherwise.Neg(doubled), OnnxElementType.Float32, 1);
        g.Output("y", g.If(which, then, otherwise)[0], OnnxElementType.Float32, 1);
        g.Output("doubled", doubled, OnnxElementType.Float32, 1);
        var model = g.Build();
        Assert.Empty(model.FindProblems());
        using var runtime = new Runtime(model);

        var result = runtime.Run(Runtime.Feed("x", [3f], 1), Runtime.Feed("which", [condition]));

        Assert.Equal(expected, result["y"].Values[0]);
        Assert.Equal(6, result["doubled"].Values[0]);
    }

    [Fact]
    public void An_inlined_model_keeps_its_names_unless_they_are_taken()
    {
        var inner = new OnnxGraphBuilder("inner");
        var a = inner.Input("a", OnnxElementType.Float32, "N");
        inner.Output("b", inner.Relu(a) * inner.Initializer<float>("weight", [2], 1), OnnxElementType.Float32, "N");
        var model = inner.Build();
        var g = new OnnxGraphBuilder("outer");
        var x = g.Input("b", OnnxElementType.Float32, "N");
        var once = g.Inline(model, x)[0];
        OnnxValue twice;
        using (g.Scope("again")) twice = g.Inline(model, once)[0];
        g.Output("y", twice, OnnxElementType.Float32, "N");
        var outer = g.Build();
        using var runtime = new Runtime(outer);

        Assert.Equal([12], runtime.Run(Runtime.Feed("b", [3f], 1))["y"].Values);
        Assert.Equal(["Relu", "b_2", "again/Relu", "y"], outer.Proto.Graph.Node.Select(n => n.Output[0]));
        Assert.Equal(["weight", "again/weight"], outer.Proto.Graph.Initializer.Select(i => i.Name));
        Assert.Contains("takes 1 inputs (a), not 2", Assert.Throws<ArgumentException>(() => g.Inline(model, x, x)).Message);
    }

    [Fact]
    public void Mistakes_are_refused_at_once_with_names()
    {
        var g = new OnnxGraphBuilder("mine");
        var x = g.Input("x", OnnxElementType.Float32, 1);
        var stranger = new OnnxGraphBuilder("other").Input("y", OnnxElementType.Float32, 1);
        var inside = g.SubGraph("sub");

        Assert.Contains("graph 'mine' already has a value 'x'", Assert.Throws<ArgumentException>(() => g.Input("x", OnnxElementType.Float32)).Message);
        Assert.Contains("already has a value 'x'", Assert.Throws<ArgumentException>(() => g.Output("x", x, OnnxElementType.Float32, 1)).Message);
        Assert.Contains("Add in graph 'mine' cannot use 'y', which belongs to graph 'other'", Assert.Throws<ArgumentException>(() => x + stranger).Message);
        Assert.Contains("cannot use 'Neg'", Assert.Throws<ArgumentException>(() => g.Relu(inside.Neg(x))).Message);
        Assert.Contains("has no output", Assert.Throws<InvalidOperationException>(g.Build).Message);
        Assert.Contains("is a sub-graph", Assert.Throws<InvalidOperationException>(inside.Build).Message);
        Assert.Contains("needs opset 19", Assert.Throws<NotSupportedException>(() => g.Pad(x, g.Ints(1, 1), "wrap")).Message);
        Assert.Contains("3 bytes", Assert.Throws<ArgumentException>(() => OnnxTensor.Create<byte>([1, 2, 3], 2, 2)).Message);
        Assert.Throws<ArgumentException>(() => OnnxTensor.Create<float>([], -1));
        Assert.Throws<NotSupportedException>(() => OnnxTensor.Scalar(1m));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OnnxGraphBuilder("old", 16));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OnnxGraphBuilder("new", OnnxGraphBuilder.NewestOpset + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => OnnxDimension.Fixed(-1));
    }

    [Fact]
    public void Tensors_give_back_their_elements()
    {
        Assert.Equal([1.5f, -2f], OnnxTensor.Create([1.5f, -2f], 2).ToArray<float>());
        Assert.Equal([(Half)0.5], OnnxTensor.Scalar((Half)0.5).ToArray<Half>());
        Assert.Equal([true, false], OnnxTensor.Create([true, false], 1, 2).ToArray<bool>());
        Assert.Equal("BFloat16 [2]", OnnxTensor.FromBytes(OnnxElementType.BFloat16, [0, 0, 128, 63], 2).ToString());
        Assert.Equal(2, OnnxTensor.FromBytes(OnnxElementType.Int4, [0, 0], 3).Bytes.Length);
        Assert.Throws<InvalidOperationException>(() => OnnxTensor.Scalar(1f).ToArray<int>());
    }
}
