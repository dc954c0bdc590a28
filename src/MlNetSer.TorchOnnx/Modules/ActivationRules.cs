using MlNetSer.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Activations.</summary>
internal static class ActivationRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<ReLU>((onnx, _, x) => onnx.Graph.Relu(x)),
        ModuleRule.Of<ReLU6>((onnx, _, x) => Clip(onnx.Graph, x, 0, 6)),
        ModuleRule.Of<LeakyReLU>((onnx, leaky, x) => onnx.Graph.LeakyRelu(x, (float)leaky.negative_slope)),
        // The slope is only random in training.
        ModuleRule.Of<RReLU>((onnx, random, x) => onnx.Graph.LeakyRelu(x, (float)((random.lower + random.upper) / 2))),
        ModuleRule.Of<PReLU>(PRelu),
        ModuleRule.Of<ELU>((onnx, elu, x) => onnx.Graph.Node("Elu", [x], ("alpha", (float)elu.alpha))),
        ModuleRule.Of<CELU>((onnx, celu, x) => onnx.Graph.Node("Celu", [x], ("alpha", (float)celu.alpha))),
        ModuleRule.Of<SELU>((onnx, _, x) => onnx.Graph.Node("Selu", [x])),
        ModuleRule.Of<GELU>(Gelu),
        ModuleRule.Of<SiLU>((onnx, _, x) => x * onnx.Graph.Sigmoid(x)),
        ModuleRule.Of<Mish>(Mish),
        ModuleRule.Of<Sigmoid>((onnx, _, x) => onnx.Graph.Sigmoid(x)),
        ModuleRule.Of<LogSigmoid>((onnx, _, x) => onnx.Graph.Neg(Softplus(onnx.Graph, onnx.Graph.Neg(x)))),
        ModuleRule.Of<Hardsigmoid>((onnx, _, x) => onnx.Graph.Node("HardSigmoid", [x], ("alpha", 1 / 6f), ("beta", 0.5f))),
        ModuleRule.Of<Hardswish>((onnx, _, x) => onnx.Graph.Node("HardSwish", [x])),
        ModuleRule.Of<Tanh>((onnx, _, x) => onnx.Graph.Tanh(x)),
        ModuleRule.Of<Hardtanh>(HardTanh),
        ModuleRule.Of<Tanhshrink>((onnx, _, x) => x - onnx.Graph.Tanh(x)),
        ModuleRule.Of<Hardshrink>((onnx, shrink, x) => onnx.Graph.Node("Shrink", [x], ("lambd", (float)shrink.lambda), ("bias", 0f))),
        ModuleRule.Of<Softshrink>((onnx, shrink, x) =>
            onnx.Graph.Node("Shrink", [x], ("lambd", (float)shrink.lambda), ("bias", (float)shrink.lambda))),
        ModuleRule.Of<Softplus>(Softplus),
        ModuleRule.Of<Softsign>((onnx, _, x) => onnx.Graph.Node("Softsign", [x])),
        ModuleRule.Of<Threshold>((onnx, threshold, x) => onnx.Graph.Where(
            onnx.Graph.Greater(x, onnx.Graph.Scalar((float)threshold.threshold)), x, onnx.Graph.Scalar((float)threshold.value))),
        ModuleRule.Of<GLU>(Glu),
        ModuleRule.Of<Softmax>((onnx, softmax, x) => onnx.Graph.Softmax(x, softmax.dim)),
        ModuleRule.Of<Softmax2d>((onnx, _, x) => onnx.Graph.Softmax(x, -3)),
        ModuleRule.Of<Softmin>((onnx, softmin, x) => onnx.Graph.Softmax(onnx.Graph.Neg(x), softmin.dim)),
        ModuleRule.Of<LogSoftmax>((onnx, softmax, x) => onnx.Graph.LogSoftmax(x, softmax.dim)),
    ];

    /// <summary>x · Φ(x), with the error function.</summary>
    internal static OnnxValue Gelu(OnnxGraphBuilder graph, OnnxValue x)
    {
        if (graph.Opset >= 20) return graph.Node("Gelu", [x]);
        var erf = graph.Erf(x * graph.Scalar(float.Sqrt(0.5f)));
        return x * (erf + graph.Scalar(1f)) * graph.Scalar(0.5f);
    }

    private static OnnxValue Gelu(OnnxExporter onnx, GELU gelu, OnnxValue x)
    {
        var graph = onnx.Graph;
        if (gelu.approximate == GELU.Approximate.none) return Gelu(graph, x);
        if (graph.Opset >= 20) return graph.Node("Gelu", [x], ("approximate", "tanh"));
        var cube = x * x * x * graph.Scalar(0.044715f);
        var tanh = graph.Tanh((x + cube) * graph.Scalar(float.Sqrt(2 / float.Pi)));
        return x * (tanh + graph.Scalar(1f)) * graph.Scalar(0.5f);
    }

    private static OnnxValue Mish(OnnxExporter onnx, Mish module, OnnxValue x) => onnx.Graph.Opset >= 18
        ? onnx.Graph.Node("Mish", [x])
        : x * onnx.Graph.Tanh(Softplus(onnx.Graph, x));

    private static OnnxValue PRelu(OnnxExporter onnx, PReLU prelu, OnnxValue x)
    {
        // ONNX broadcasts the slopes from the last dimension, TorchSharp lays them along the second.
        long[] shape = prelu.num_parameters == 1 ? [1] : [-1, .. Enumerable.Repeat(1L, Math.Max(onnx.Rank(prelu) - 2, 0))];
        return onnx.Graph.Node("PRelu", [x, onnx.Weight("weight", () => prelu.weight.view(shape))]);
    }

    /// <summary>TorchSharp 0.107's does nothing unless it works in place; the export does what the module does.</summary>
    private static OnnxValue HardTanh(OnnxExporter onnx, Hardtanh module, OnnxValue x)
    {
        using var scope = NewDisposeScope();
        var clips = module.call(tensor((float)module.max_val + 1)).ToSingle() < module.max_val + 0.5;
        return clips ? Clip(onnx.Graph, x, (float)module.min_val, (float)module.max_val) : x;
    }

    private static OnnxValue Glu(OnnxExporter onnx, GLU glu, OnnxValue x)
    {
        var halves = onnx.Graph.SplitEvenly(x, glu.dim, 2);
        return halves[0] * onnx.Graph.Sigmoid(halves[1]);
    }

    private static OnnxValue Softplus(OnnxExporter onnx, Softplus softplus, OnnxValue x)
    {
        var graph = onnx.Graph;
        var scaled = softplus.beta == 1 ? x : x * graph.Scalar((float)softplus.beta);
        var soft = Softplus(graph, scaled);
        if (softplus.beta != 1) soft /= graph.Scalar((float)softplus.beta);
        return graph.Where(graph.Greater(scaled, graph.Scalar((float)softplus.threshold)), x, soft);
    }

    private static OnnxValue Softplus(OnnxGraphBuilder graph, OnnxValue x) => graph.Node("Softplus", [x]);

    private static OnnxValue Clip(OnnxGraphBuilder graph, OnnxValue x, float min, float max) => graph.Clip(x, graph.Scalar(min), graph.Scalar(max));
}
