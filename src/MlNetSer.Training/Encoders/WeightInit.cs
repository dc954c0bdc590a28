using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// Draws weights from a generator of the caller's, since torch's own initialisation draws from one that the whole process shares.
/// </summary>
internal static class WeightInit
{
    /// <summary>PyTorch's default: uniform within 1 / sqrt(fan-in), of recurrent layers 1 / sqrt(units); biases too.</summary>
    public static void UniformFanIn(nn.Module module, Generator generator)
    {
        using var noGradient = no_grad();
        foreach (var child in module.modules())
        {
            if (child is Conv2d conv) UniformFanIn(conv.weight, conv.bias, generator);
            else if (child is Linear linear) UniformFanIn(linear.weight, linear.bias, generator);
            else if (child is GRU gru) UniformUnits(gru, generator);
        }
    }

    /// <summary>He initialisation for ReLU that keeps the variance of the gradients: normal, variance 2 / fan-out.</summary>
    public static void KaimingFanOut(nn.Module module, Generator generator)
    {
        using var noGradient = no_grad();
        foreach (var conv in module.modules().OfType<Conv2d>())
        {
            var shape = conv.weight.shape;
            conv.weight.normal_(0, Math.Sqrt(2.0 / (shape[0] * shape[2] * shape[3])), generator);
        }
    }

    /// <summary>Uniform within 1 / sqrt(fan-in), for the weights and biases of one layer.</summary>
    public static void UniformFanIn(Tensor weight, Tensor? bias, Generator generator)
    {
        var bound = 1 / Math.Sqrt(weight.shape.Skip(1).Aggregate(1L, (a, b) => a * b));
        weight.uniform_(-bound, bound, generator);
        bias?.uniform_(-bound, bound, generator);
    }

    private static void UniformUnits(GRU gru, Generator generator)
    {
        var units = gru.get_parameter("weight_hh_l0")!.shape[1];
        foreach (var weight in gru.parameters()) weight.uniform_(-1 / Math.Sqrt(units), 1 / Math.Sqrt(units), generator);
    }
}
