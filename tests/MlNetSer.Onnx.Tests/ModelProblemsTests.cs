using Google.Protobuf;
using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx.Tests;

public class ModelProblemsTests
{
    private static readonly Dictionary<string, (Action<ModelProto> Break, string Problem)> s_mistakes = new()
    {
        ["undefined"] = (m => m.Graph.Node[1].Input[0] = "nowhere", "node 'Mul' uses 'nowhere', which nothing defines"),
        ["order"] = (m => (m.Graph.Node[0], m.Graph.Node[1]) = (m.Graph.Node[1].Clone(), m.Graph.Node[0].Clone()), "node 'Mul' uses 'Relu' before it is computed: the nodes are not in order, or form a cycle"),
        ["cycle"] = (m => m.Graph.Node[0].Input[0] = "y", "node 'Relu' uses 'y' before it is computed"),
        ["duplicate value"] = (m => m.Graph.Node[0].Output[0] = "y", "the name 'y' is given twice (the second time to a value)"),
        ["duplicate input"] = (m => m.Graph.Input.Add(m.Graph.Input[0].Clone()), "the name 'x' is given twice (the second time to an input)"),
        ["duplicate initializer"] = (m => m.Graph.Initializer.Add(m.Graph.Initializer[0].Clone()), "the name 'weight' is given twice (the second time to an initializer)"),
        ["duplicate output"] = (m => m.Graph.Output.Add(m.Graph.Output[0].Clone()), "the name 'z' is given twice (the second time to an output)"),
        ["duplicate attribute"] = (m => m.Graph.Node[0].Attribute.Add([new AttributeProto { Name = "a", I = 1 }, new AttributeProto { Name = "a", I = 2 }]), "the name 'a' is given twice (the second time to an attribute of node 'Relu')"),
        ["nameless input"] = (m => m.Graph.Input[0].Name = "", "an input has no name"),
        ["no operator"] = (m => m.Graph.Node[0].OpType = "", "node 'Relu' has no operator"),
        ["no opset"] = (m => m.OpsetImport.Clear(), "node 'Relu' is of domain '', whose opset is not given"),
        ["opset twice"] = (m => m.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx", Version = 18 }), "the opset of domain '' is given twice"),
        ["opset 0"] = (m => m.OpsetImport[0].Version = 0, "opset 0 of domain '': expected 1 or more"),
        ["foreign domain"] = (m => m.Graph.Node[0].Domain = "com.example", "node 'Relu' is of domain 'com.example', whose opset is not given"),
        ["output"] = (m => m.Graph.Output[0].Name = "lost", "output 'lost' is not computed"),
        ["no output"] = (m => m.Graph.Output.Clear(), "there is no output"),
        ["no graph name"] = (m => m.Graph.ClearName(), "the graph has no name"),
        ["no type"] = (m => m.Graph.Input[0].Type = null, "input or output 'x' has no type"),
        ["raw length"] = (m => m.Graph.Initializer[0].Dims[0] = 3, "initializer 'weight' holds 8 bytes; Float32 [3] takes 12"),
        ["negative dimension"] = (m => m.Graph.Initializer[0].Dims[0] = -2, "initializer 'weight' has impossible dimensions [-2]"),
        ["huge dimensions"] = (m => m.Graph.Initializer[0].Dims.Add([long.MaxValue, 0, long.MaxValue]), "initializer 'weight' has impossible dimensions"),
        ["no element type"] = (m => m.Graph.Initializer[0].DataType = 0, "initializer 'weight' has no element type"),
        ["typed length"] = (m => m.Graph.Initializer[0] = new TensorProto { Name = "weight", DataType = 7, Dims = { 2 }, Int64Data = { 1 } }, "initializer 'weight' holds 1 numbers; Int64 [2] takes 2"),
        ["attribute tensor"] = (m => m.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "value", T = new TensorProto { DataType = 1, Dims = { 2 }, RawData = ByteString.CopyFromUtf8("abc") } }), "attribute 'value' of node 'Relu' holds 3 bytes; Float32 [2] takes 8"),
        ["sub-graph"] = (m => m.Graph.Node[2].Attribute[0].G.Node[0].Input[0] = "lost", "in sub-graph 'then' of node 'z': node 'Neg' uses 'lost', which nothing defines"),
        ["function"] = (m => m.Functions.Add(new FunctionProto { Name = "f", Domain = "d", Output = { "out" } }), "in function 'f': output 'out' is not computed"),
    };

    public static TheoryData<string> Names => [.. s_mistakes.Keys];

    [Fact]
    public void A_model_without_mistakes_is_valid()
    {
        Assert.Empty(Model().FindProblems());
        Model().Validate();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mistake_is_named(string mistake)
    {
        var (breakIt, problem) = s_mistakes[mistake];
        var model = Model();
        breakIt(model.Proto);

        Assert.Contains(model.FindProblems(), p => p.StartsWith(problem, StringComparison.Ordinal));
        var exception = Assert.Throws<OnnxModelException>(model.Validate);
        Assert.Contains(problem, exception.Message);
    }

    private static OnnxModel Model()
    {
        var g = new OnnxGraphBuilder("test");
        var x = g.Input("x", OnnxElementType.Float32, 2);
        var y = g.Relu(x) * g.Initializer<float>("weight", [1, 2], 2);
        var then = g.SubGraph("then");
        then.Output("negative", then.Neg(y), OnnxElementType.Float32, 2);
        var otherwise = g.SubGraph("otherwise");
        otherwise.Output("positive", otherwise.Abs(y), OnnxElementType.Float32, 2);
        g.Output("z", g.If(g.Scalar(true), then, otherwise)[0], OnnxElementType.Float32, 2);
        g.Output("y", y, OnnxElementType.Float32, 2);
        var model = g.Build();
        Assert.Equal(["Relu", "Mul", "If"], model.Proto.Graph.Node.Select(n => n.OpType));
        foreach (var node in model.Proto.Graph.Node.Where(n => n.OpType == "If")) node.Name = "z";
        return model;
    }
}
