using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>
/// The weights of a recurrent layer in the order of ONNX. TorchSharp shows neither its sizes nor its options, so the sizes come from the
/// weights, and whether the batch comes first from a trial.
/// </summary>
internal sealed class RecurrentWeights
{
    private readonly IReadOnlyDictionary<string, Tensor> _parameters;
    private readonly int[] _gates;

    private RecurrentWeights(IReadOnlyDictionary<string, Tensor> parameters, int[] gates, bool batchFirst)
    {
        _parameters = parameters;
        _gates = gates;
        BatchFirst = batchFirst;
        HiddenSize = parameters["weight_hh_l0"].shape[1];
        Directions = parameters.ContainsKey("weight_ih_l0_reverse") ? 2 : 1;
        HasBias = parameters.ContainsKey("bias_ih_l0");
        while (parameters.ContainsKey($"weight_ih_l{Layers}")) Layers++;
    }

    internal bool BatchFirst { get; }

    internal long HiddenSize { get; }

    internal int Directions { get; }

    internal bool HasBias { get; }

    internal int Layers { get; }

    internal static RecurrentWeights Of(nn.Module module, int[] gates)
    {
        var parameters = module.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter);
        return new(parameters, gates, TakesBatchFirst(module, parameters["weight_ih_l0"]));
    }

    /// <summary>[directions, gates · hidden, inputs]</summary>
    internal Tensor Input(int layer) => PerDirection(suffix => Ordered($"weight_ih_l{layer}{suffix}"));

    /// <summary>[directions, gates · hidden, hidden]</summary>
    internal Tensor Recurrence(int layer) => PerDirection(suffix => Ordered($"weight_hh_l{layer}{suffix}"));

    /// <summary>[directions, 2 · gates · hidden]: the input's, then the recurrence's.</summary>
    internal Tensor Bias(int layer) =>
        PerDirection(suffix => cat([Ordered($"bias_ih_l{layer}{suffix}"), Ordered($"bias_hh_l{layer}{suffix}")], 0));

    private Tensor PerDirection(Func<string, Tensor> of) => stack(Directions == 1 ? [of("")] : [of(""), of("_reverse")], 0);

    private Tensor Ordered(string name)
    {
        var parts = _parameters[name].detach().cpu().chunk(_gates.Length, 0);
        return cat([.. _gates.Select(gate => parts[gate])], 0);
    }

    /// <summary>The final state is [layers · directions, batch, hidden] either way, so its batch size tells which input dimension was taken for it.</summary>
    private static bool TakesBatchFirst(nn.Module module, Tensor weight)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var outputs = ModuleCall.Call(module, [zeros(2, 3, weight.shape[1], dtype: weight.dtype, device: weight.device)]);
        return outputs[1].shape[1] == 2;
    }
}
