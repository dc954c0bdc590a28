using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

public class CustomModuleTests
{
    [Fact]
    public void A_module_of_children_in_order_needs_the_users_word()
    {
        using var net = new ListedLayers(3, 2);
        var error = Assert.Throws<OnnxExportException>(() => net.ToOnnxModel(["batch", 3]));
        Assert.Contains("ListedLayers", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(OnnxExportOptions.ChildrenInOrder), error.Message, StringComparison.Ordinal);
        Assert.Equal(4, net.ToJudgedModel(["batch", 3], new() { ChildrenInOrder = [typeof(ListedLayers)] }).NodeCount);
    }

    [Fact]
    public void The_users_word_is_checked()
    {
        using var net = new Residual();
        var error = Assert.Throws<OnnxExportException>(() => net.ToOnnxModel(["batch", 3], new() { ChildrenInOrder = [typeof(Residual)] }));
        Assert.Contains("does not compute what the module does", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_a_module_that_is_used_twice_are_stored_once()
    {
        using var net = new AppliedTwice();
        Assert.Equal((16 * 16 + 16) * sizeof(float), net.ToJudgedModel(["batch", 16]).WeightBytes);
    }

    [Fact]
    public void Own_parameters_and_operations_are_exported()
    {
        using var net = new ScaledAttention(8, 2);
        var sizes = new Dictionary<string, IReadOnlyList<long>> { ["time"] = [4, 7] };
        var model = net.ToJudgedModel(
            [new("x", ["time", "batch", 8]), new("hidden", ["batch", "time"]) { ElementType = OnnxElementType.Bool }],
            new() { CheckSizes = sizes, OutputNames = ["y", "weights"] });
        Assert.Equal(["y: Float32 [time, batch, ?]", "weights: Float32 [batch, time, time]"], model.Outputs.Select(output => output.ToString()));
    }

    [Fact]
    public void Sizes_that_do_not_suit_the_module_are_named()
    {
        using var net = nn.Conv1d(1, 1, 9);
        var error = Assert.Throws<OnnxExportException>(() => net.ToOnnxModel(["batch", 1, "time"]));
        Assert.Contains("[1, 1, 1]", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(OnnxExportOptions.CheckSizes), error.Message, StringComparison.Ordinal);
        net.ToJudgedModel(["batch", 1, "time"], new() { CheckSizes = new Dictionary<string, IReadOnlyList<long>> { ["time"] = [9, 20] } });
    }

    [Fact]
    public void Requests_that_cannot_be_met_are_named()
    {
        using var net = nn.Sequential(("dense", nn.Linear(3, 2)));
        Assert.Contains("'dence'", Refusal(new() { KeepFloat32 = ["dence"] }), StringComparison.Ordinal);
        Assert.Contains("'time'", Refusal(new() { CheckSizes = new Dictionary<string, IReadOnlyList<long>> { ["time"] = [2] } }), StringComparison.Ordinal);
        Assert.Contains("2 output names", Refusal(new() { OutputNames = ["a", "b"] }), StringComparison.Ordinal);
        net.to(ScalarType.Float64);
        Assert.Contains("'dense.weight' is Float64", Refusal(new()), StringComparison.Ordinal);

        string Refusal(OnnxExportOptions options) => Assert.Throws<OnnxExportException>(() => net.ToOnnxModel(["batch", 3], options)).Message;
    }

    [Fact]
    public void An_embedding_with_a_largest_norm_is_exported_as_it_answers_and_left_as_it_was()
    {
        manual_seed(6);
        using var net = nn.Embedding(5000, 4, max_norm: 1);
        using var before = net.weight!.detach().clone();

        // The check's two tokens meet few of the entries; the file must be right for all.
        var model = net.ToJudgedModel([new("token", []) { ElementType = OnnxElementType.Int64, ExclusiveMaximum = 1 }]);

        using var after = net.weight!.detach().clone();
        Assert.True(after[1..].eq(before[1..]).all().ToBoolean());
        using var session = new InferenceSession(model.ToBytes());
        using var token = OrtValue.CreateTensorValueFromMemory([4999L], []);
        using var run = new RunOptions();
        using var results = session.Run(run, ["token"], [token], ["output"]);
        Assert.Equal(1, Math.Sqrt(results[0].GetTensorDataAsSpan<float>().ToArray().Sum(v => v * v)), 1e-4);
        Assert.True(before[4999].norm().ToDouble() > 1);
    }

    [Fact]
    public void A_single_weight_beyond_2_GiB_is_named()
    {
        // Never touched, it takes no memory.
        using var net = new Untouched(empty(600_000, 1024));
        var error = Assert.Throws<OnnxExportException>(() => net.ToOnnxModel(["batch", 3]));
        Assert.Contains("'table' [600000, 1024] takes 2457600000 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sequential_with_a_forward_of_its_own_is_not_taken_for_a_plain_one()
    {
        using var net = nn.Sequential(("inner", new TwiceSequential()));
        Assert.Contains("'inner' (TwiceSequential)", Assert.Throws<OnnxExportException>(() => net.ToOnnxModel(["batch", 3])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_native_layer_made_in_a_dispose_scope_says_what_happened_to_its_weights()
    {
        nn.Module layer;
        using (NewDisposeScope()) layer = nn.GRU(3, 4);
        using (layer)
        {
            var error = Assert.Throws<OnnxExportException>(() => layer.ToOnnxModel(["time", "batch", 3]));
            Assert.Contains("dispose scope", error.Message, StringComparison.Ordinal);
        }
    }

    private sealed class Untouched : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter table;

        internal Untouched(Tensor values)
            : base(nameof(Untouched))
        {
            table = new Parameter(values);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => input * table[0, 0];
    }

    private sealed class Residual : nn.Module<Tensor, Tensor>
    {
        private readonly Linear dense = nn.Linear(3, 3);

        internal Residual()
            : base(nameof(Residual)) => RegisterComponents();

        public override Tensor forward(Tensor input) => dense.call(input) + input;
    }

    private sealed class TwiceSequential() : Sequential(("dense", nn.Linear(3, 3)))
    {
        public override Tensor forward(Tensor input) => base.forward(base.forward(input));
    }

    private sealed class AppliedTwice : nn.Module<Tensor, Tensor>, IOnnxExportable
    {
        private readonly Linear dense = nn.Linear(16, 16);

        internal AppliedTwice()
            : base(nameof(AppliedTwice)) => RegisterComponents();

        public override Tensor forward(Tensor input) => dense.call(dense.call(input).tanh());

        public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs) =>
            [onnx.Apply(onnx.Graph.Tanh(onnx.Apply(inputs[0], dense)), dense)];
    }

    /// <summary>Causal self-attention with padding left out, times a parameter; gives the attention weights too.</summary>
    private sealed class ScaledAttention : nn.Module<Tensor, Tensor, (Tensor, Tensor)>, IOnnxExportable
    {
        private readonly MultiheadAttention attention;
        private readonly Parameter scale;

        internal ScaledAttention(long size, long heads)
            : base(nameof(ScaledAttention))
        {
            attention = nn.MultiheadAttention(size, heads);
            scale = new Parameter(randn(size));
            RegisterComponents();
        }

        public override (Tensor, Tensor) forward(Tensor input, Tensor hidden)
        {
            // The first step is never hidden, so that every step has one to attend to.
            var visible = hidden.clone();
            visible[TensorIndex.Colon, 0] = false;
            var later = ones(input.shape[0], input.shape[0]).triu(1) * -1e9f;
            var (y, weights) = attention.call(input * scale, input, input, visible, true, later);
            return (y, weights);
        }

        public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs)
        {
            var graph = onnx.Graph;
            var (x, hidden) = (inputs[0], inputs[1]);
            var steps = graph.Range(graph.Scalar(0L), graph.Squeeze(graph.Dimension(x, 0), 0), graph.Scalar(1L));
            var first = graph.Equal(steps, graph.Scalar(0L));
            var later = graph.Less(graph.Unsqueeze(steps, 1), graph.Unsqueeze(steps, 0));
            var mask = graph.Where(later, graph.Scalar(-1e9f), graph.Scalar(0f));
            return onnx.Call(attention, x * onnx.Weight("scale", scale), x, x, graph.And(hidden, graph.Not(first)), mask);
        }
    }
}
