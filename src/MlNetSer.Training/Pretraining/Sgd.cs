using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// Stochastic gradient descent with momentum and weight decay as PyTorch defines it: v = momentum v + (gradient + decay w), w -= rate v,
/// with v = 0 before the first step. Its velocities are plain tensors, so that a checkpoint holds all of its state.
/// </summary>
internal sealed class Sgd : IDisposable
{
    private readonly (string Name, Tensor Weight, Tensor Velocity)[] _slots;
    private readonly double _momentum;
    private readonly double _weightDecay;

    public Sgd(IEnumerable<(string Name, Tensor Weight)> weights, double momentum, double weightDecay)
    {
        _momentum = momentum;
        _weightDecay = weightDecay;
        _slots = [.. weights.Select(w => (w.Name, w.Weight, zeros_like(w.Weight).DetachFromDisposeScope()))];
        // Gradients that come with the first step would stay where its activations were, and keep the heap in pieces.
        foreach (var slot in _slots.Where(s => s.Weight.requires_grad)) BeginGradient(slot.Weight);
    }

    /// <summary>The velocities by the names of their weights.</summary>
    public IEnumerable<(string Name, Tensor Velocity)> Velocities => _slots.Select(s => (s.Name, s.Velocity));

    /// <summary>One step along the gradients, which are set to zero afterwards. Weights that require none stay as they are.</summary>
    public void Step(double rate)
    {
        using var noGradient = no_grad();
        foreach (var (_, weight, velocity) in _slots)
        {
            using var gradient = weight.grad;
            if (gradient is null || SgdKernel.TryStep(weight, velocity, gradient, rate, _momentum, _weightDecay)) continue;
            velocity.mul_(_momentum).add_(gradient).add_(weight, alpha: _weightDecay);
            weight.add_(velocity, alpha: -rate);
            gradient.zero_();
        }
    }

    private static void BeginGradient(Tensor weight)
    {
        using var zero = zeros_like(weight);
        weight.grad = zero;
    }

    public void Dispose()
    {
        foreach (var slot in _slots) slot.Velocity.Dispose();
    }
}
