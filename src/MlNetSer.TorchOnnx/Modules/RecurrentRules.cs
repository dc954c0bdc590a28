using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Recurrent layers over whole sequences, and their single steps. Inputs have a batch dimension.</summary>
internal static class RecurrentRules
{
    private const string Limits = "batched input, no packed sequences";

    private static readonly RecurrentKind Rnn = new("RNN", [0]);

    // TorchSharp orders the gates input, forget, cell, output; ONNX input, output, forget, cell.
    private static readonly RecurrentKind Lstm = new("LSTM", [0, 3, 1, 2]);

    // TorchSharp orders the gates reset, update, new; ONNX update, reset, new, with the bias of the recurrence inside the reset.
    private static readonly RecurrentKind Gru = new("GRU", [1, 0, 2], ("linear_before_reset", 1));

    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        new(typeof(RNN), (onnx, module, inputs) => Sequence(onnx, Rnn, module, inputs), Limits: Limits),
        new(typeof(LSTM), (onnx, module, inputs) => Sequence(onnx, Lstm, module, inputs), Limits: Limits),
        new(typeof(GRU), (onnx, module, inputs) => Sequence(onnx, Gru, module, inputs), Limits: Limits),
        new(typeof(RNNCell), (onnx, module, inputs) => Step(onnx, Rnn, module, inputs), Limits: "batched input"),
        new(typeof(LSTMCell), (onnx, module, inputs) => Step(onnx, Lstm, module, inputs), Limits: "batched input"),
        new(typeof(GRUCell), (onnx, module, inputs) => Step(onnx, Gru, module, inputs), Limits: "batched input"),
    ];

    private static IReadOnlyList<OnnxValue> Sequence(OnnxExporter onnx, RecurrentKind kind, nn.Module module, IReadOnlyList<OnnxValue?> inputs)
    {
        var graph = onnx.Graph;
        var weights = RecurrentWeights.Of(module, kind.Gates);
        var x = inputs[0]!;
        if (weights.BatchFirst) x = graph.Transpose(x, 1, 0, 2);
        var states = new List<OnnxValue>[kind.States];
        for (var state = 0; state < states.Length; state++) states[state] = [];
        for (var layer = 0; layer < weights.Layers; layer++)
        {
            var (first, end) = (layer * weights.Directions, (layer + 1) * weights.Directions);
            var initial = inputs.Skip(1).Select(state => state is null ? null : graph.Slice(state, 0, first, end));
            var outputs = Layer(onnx, kind, weights, layer, x, [.. initial]);
            // [time, direction, batch, hidden] to [time, batch, direction · hidden]
            x = weights.Directions == 1
                ? graph.Squeeze(outputs[0], 1)
                : graph.Reshape(graph.Transpose(outputs[0], 0, 2, 1, 3), 0, 0, 2 * weights.HiddenSize);
            for (var state = 0; state < states.Length; state++) states[state].Add(outputs[state + 1]);
        }
        if (weights.BatchFirst) x = graph.Transpose(x, 1, 0, 2);
        return [x, .. states.Select(all => all.Count == 1 ? all[0] : graph.Concat(0, [.. all]))];
    }

    private static IReadOnlyList<OnnxValue> Step(OnnxExporter onnx, RecurrentKind kind, nn.Module module, IReadOnlyList<OnnxValue?> inputs)
    {
        var weights = RecurrentWeights.Of(module, kind.Gates);
        // One time step, one direction.
        var step = inputs.Select(input => input is null ? null : onnx.Graph.Unsqueeze(input, 0)).ToArray();
        var outputs = Layer(onnx, kind, weights, 0, step[0]!, step.AsSpan(1));
        return [.. outputs.Skip(1).Select(state => onnx.Graph.Squeeze(state, 0))];
    }

    private static OnnxValue[] Layer(
        OnnxExporter onnx, RecurrentKind kind, RecurrentWeights weights, int layer, OnnxValue x, ReadOnlySpan<OnnxValue?> initialStates)
    {
        List<(string, OnnxAttribute)> attributes =
            [("direction", weights.Directions == 2 ? "bidirectional" : "forward"), ("hidden_size", weights.HiddenSize), .. kind.Attributes];
        if (weights.IsRelu) attributes.Add(("activations", (string[])[.. Enumerable.Repeat("Relu", weights.Directions)]));
        return onnx.Graph.Nodes(
            kind.OperatorType, 1 + kind.States,
            [
                x,
                onnx.Weight($"W{layer}", () => weights.Input(layer), channelAxis: 1),
                onnx.Weight($"R{layer}", () => weights.Recurrence(layer), channelAxis: 1),
                weights.HasBias ? onnx.Weight($"B{layer}", () => weights.Bias(layer)) : null,
                null,
                .. initialStates,
            ],
            [.. attributes]);
    }

    /// <summary>What tells the kinds of recurrent layers apart.</summary>
    /// <param name="OperatorType">ONNX's operator.</param>
    /// <param name="Gates">For every gate in ONNX's order, its place in TorchSharp's.</param>
    /// <param name="Attributes">The operator's own attributes.</param>
    private sealed record RecurrentKind(string OperatorType, int[] Gates, params (string Name, OnnxAttribute Value)[] Attributes)
    {
        /// <summary>An LSTM has a cell state beside the hidden one.</summary>
        internal int States => OperatorType == "LSTM" ? 2 : 1;
    }
}
