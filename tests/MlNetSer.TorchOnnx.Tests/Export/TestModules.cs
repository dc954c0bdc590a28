using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>Describes something else than it computes.</summary>
internal sealed class TwistedModule() : nn.Module<Tensor, Tensor>(nameof(TwistedModule)), IOnnxExportable
{
    public override Tensor forward(Tensor input) => input.relu();

    public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs) => [onnx.Graph.Tanh(inputs[0])];
}

/// <summary>Describes a product that is 1 % larger than the one that it computes.</summary>
internal sealed class SlightlyOff() : nn.Module<Tensor, Tensor>(nameof(SlightlyOff)), IOnnxExportable
{
    public override Tensor forward(Tensor input) => input * 2;

    public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs) => [inputs[0] * onnx.Graph.Scalar(2.02f)];
}

/// <summary>Says nothing about itself.</summary>
internal sealed class UnknownModule() : nn.Module<Tensor, Tensor>(nameof(UnknownModule))
{
    public override Tensor forward(Tensor input) => input + 1;
}

/// <summary>
/// Fresh norms are nearly identities; random statistics show whether they are exported rightly. TorchSharp leaves the weights of a fresh
/// GroupNorm uninitialised.
/// </summary>
internal static class RandomStatistics
{
    internal static void Fill(nn.Module module)
    {
        using var quiet = no_grad();
        foreach (var part in module.modules().Append(module))
        {
            switch (part)
            {
                case NormBase norm:
                    norm.running_mean?.normal_();
                    norm.running_var?.uniform_(0.5, 2);
                    if (norm.affine) Draw(norm.weight, norm.bias);
                    break;
                case GroupNorm { affine: true } norm:
                    Draw(norm.weight, norm.bias);
                    break;
                case LayerNorm { elementwise_affine: true } norm:
                    Draw(norm.weight, norm.bias);
                    break;
            }
        }
    }

    private static void Draw(Tensor weight, Tensor? bias)
    {
        weight.uniform_(0.5, 2);
        bias?.normal_();
    }
}
