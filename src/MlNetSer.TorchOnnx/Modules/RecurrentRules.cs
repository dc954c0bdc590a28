using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Recurrent layers over whole sequences.</summary>
internal static class RecurrentRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        new(typeof(GRU), (onnx, module, inputs) => Sequence(onnx, module, inputs, "GRU", [1, 0, 2], ("linear_before_reset", 1))),
    ];

    /// <summary>Layer by layer, each with one node for both directions.</summary>
    /// <param name="onnx">The exporter.</param>
    /// <param name="module">The layer.</param>
    /// <param name="inputs">The sequence and, where the caller has one, the initial state.</param>
    /// <param name="operatorType">ONNX's operator.</param>
    /// <param name="gates">Where ONNX's gates lie among TorchSharp's.</param>
    /// <param name="attributes">The operator's own attributes.</param>
    private static IReadOnlyList<OnnxValue> Sequence(
        OnnxExporter onnx, nn.Module module, IReadOnlyList<OnnxValue> inputs, string operatorType, int[] gates,
        params ReadOnlySpan<(string Name, OnnxAttribute Value)> attributes)
    {
        var graph = onnx.Graph;
        var weights = RecurrentWeights.Of(module, gates);
        var x = weights.BatchFirst ? graph.Transpose(inputs[0], 1, 0, 2) : inputs[0];
        List<OnnxValue> states = [];
        for (var layer = 0; layer < weights.Layers; layer++)
        {
            var index = layer;
            var initial = inputs.Count > 1 ? graph.Slice(inputs[1], 0, layer * weights.Directions, (layer + 1) * weights.Directions) : null;
            var outputs = graph.Nodes(
                operatorType, 2,
                [
                    x,
                    onnx.Weight($"W{layer}", () => weights.Input(index)),
                    onnx.Weight($"R{layer}", () => weights.Recurrence(index)),
                    weights.HasBias ? onnx.Weight($"B{layer}", () => weights.Bias(index)) : null,
                    null,
                    initial,
                ],
                [("direction", weights.Directions == 2 ? "bidirectional" : "forward"), ("hidden_size", weights.HiddenSize), .. attributes]);
            // [time, direction, batch, hidden] to [time, batch, direction · hidden]
            x = weights.Directions == 1
                ? graph.Squeeze(outputs[0], 1)
                : graph.Reshape(graph.Transpose(outputs[0], 0, 2, 1, 3), 0, 0, 2 * weights.HiddenSize);
            states.Add(outputs[1]);
        }
        var lastStates = states.Count == 1 ? states[0] : graph.Concat(0, [.. states]);
        return [weights.BatchFirst ? graph.Transpose(x, 1, 0, 2) : x, lastStates];
    }
}
