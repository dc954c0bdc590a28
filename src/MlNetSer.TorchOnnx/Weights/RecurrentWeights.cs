using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>
/// The weights of a recurrent layer or step in the order of ONNX. TorchSharp shows neither its sizes nor its options: the sizes come from the
/// weights, the rest from trials.
/// </summary>
internal sealed class RecurrentWeights
{
    private readonly ModuleParameters _parameters;
    private readonly int[] _gates;

    private RecurrentWeights(nn.Module module, int[] gates)
    {
        _gates = gates;
        _parameters = ModuleParameters.Of(module);
        IsStep = _parameters.Contains("weight_hh");
        HiddenSize = Parameter("weight_hh", 0).shape[1];
        Directions = _parameters.Contains("weight_ih_l0_reverse") ? 2 : 1;
        HasBias = _parameters.Contains(IsStep ? "bias_ih" : "bias_ih_l0");
        Layers = IsStep ? 1 : Enumerable.Range(0, int.MaxValue).First(layer => !_parameters.Contains($"weight_ih_l{layer}"));
        BatchFirst = !IsStep && TakesBatchFirst(module);
        IsRelu = module is RNN or RNNCell && AppliesRelu(module);
    }

    internal bool BatchFirst { get; }

    /// <summary>Whether a plain recurrent layer applies ReLU instead of the hyperbolic tangent.</summary>
    internal bool IsRelu { get; }

    internal long HiddenSize { get; }

    internal int Directions { get; }

    internal bool HasBias { get; }

    internal int Layers { get; }

    private bool IsStep { get; }

    /// <param name="module">The recurrent layer or step.</param>
    /// <param name="gates">For every gate in ONNX's order, its place in TorchSharp's.</param>
    internal static RecurrentWeights Of(nn.Module module, int[] gates) => new(module, gates);

    /// <summary>[directions, gates · hidden, inputs]</summary>
    internal Tensor Input(int layer) => PerDirection(suffix => Ordered("weight_ih", layer, suffix));

    /// <summary>[directions, gates · hidden, hidden]</summary>
    internal Tensor Recurrence(int layer) => PerDirection(suffix => Ordered("weight_hh", layer, suffix));

    /// <summary>[directions, 2 · gates · hidden]: the input's, then the recurrence's.</summary>
    internal Tensor Bias(int layer) =>
        PerDirection(suffix => cat([Ordered("bias_ih", layer, suffix), Ordered("bias_hh", layer, suffix)], 0));

    private Tensor Parameter(string name, int layer, string suffix = "") => _parameters[IsStep ? name : $"{name}_l{layer}{suffix}"];

    private Tensor PerDirection(Func<string, Tensor> of) => stack(Directions == 1 ? [of("")] : [of(""), of("_reverse")], 0);

    private Tensor Ordered(string name, int layer, string suffix)
    {
        var parts = Parameter(name, layer, suffix).detach().cpu().chunk(_gates.Length, 0);
        return cat([.. _gates.Select(gate => parts[gate])], 0);
    }

    /// <summary>The final state is [layers · directions, batch, hidden] either way, so its batch size tells which input dimension was taken for it.</summary>
    private bool TakesBatchFirst(nn.Module module)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var weight = Parameter("weight_ih", 0);
        var outputs = ModuleCall.Call(module, [zeros(2, 3, weight.shape[1], dtype: weight.dtype, device: weight.device)]);
        return outputs[1].shape[1] == 2;
    }

    /// <summary>From a zero state one step gives the activation of W·x + b, which is below zero somewhere for the tangent only.</summary>
    private bool AppliesRelu(nn.Module module)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var weight = Parameter("weight_ih", 0);
        using var generator = new Generator(1);
        var probes = randn(16, weight.shape[1], generator: generator).to(weight.dtype).to(weight.device);
        var outputs = ModuleCall.Call(module, [IsStep ? probes : probes.unsqueeze(BatchFirst ? 1 : 0)]);
        var activated = IsStep ? outputs[0] : outputs[^1].select(0, 0);
        var sum = nn.functional.linear(probes, weight);
        if (HasBias) sum += Parameter("bias_ih", 0) + Parameter("bias_hh", 0);
        return (activated - sum.relu()).abs().sum().ToDouble() < (activated - sum.tanh()).abs().sum().ToDouble();
    }
}
