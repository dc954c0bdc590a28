using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

internal static class ActivationCases
{
    internal static IReadOnlyDictionary<Type, Func<Draw, LayerCase>> All => new Dictionary<Type, Func<Draw, LayerCase>>
    {
        [typeof(ReLU)] = draw => Any(draw, nn.ReLU(draw.Yes)),
        [typeof(ReLU6)] = draw => Any(draw, nn.ReLU6(draw.Yes), stretch: 5),
        [typeof(LeakyReLU)] = draw => Any(draw, nn.LeakyReLU(draw.Between(0, 1), draw.Yes)),
        [typeof(RReLU)] = draw => Any(draw, nn.RReLU(draw.Between(0, 0.2), draw.Between(0.2, 0.5))),
        [typeof(PReLU)] = PRelu,
        [typeof(ELU)] = draw => Any(draw, nn.ELU(draw.Between(0.2, 2), draw.Yes)),
        [typeof(CELU)] = draw => Any(draw, nn.CELU(draw.Between(0.2, 2), draw.Yes)),
        [typeof(SELU)] = draw => Any(draw, nn.SELU(draw.Yes)),
        [typeof(GELU)] = draw => Any(draw, nn.GELU(draw.Of(GELU.Approximate.none, GELU.Approximate.tanh))),
        [typeof(SiLU)] = draw => Any(draw, nn.SiLU()),
        [typeof(Mish)] = draw => Any(draw, nn.Mish()),
        [typeof(Sigmoid)] = draw => Any(draw, nn.Sigmoid()),
        [typeof(LogSigmoid)] = draw => Any(draw, nn.LogSigmoid(), stretch: 30),
        [typeof(Hardsigmoid)] = draw => Any(draw, nn.Hardsigmoid(), stretch: 3),
        [typeof(Hardswish)] = draw => Any(draw, nn.Hardswish(), stretch: 3),
        [typeof(Tanh)] = draw => Any(draw, nn.Tanh()),
        [typeof(Hardtanh)] = draw => Any(draw, nn.Hardtanh(draw.Between(-2, 0), draw.Between(0.1, 2), draw.Yes)),
        [typeof(Tanhshrink)] = draw => Any(draw, nn.Tanhshrink()),
        [typeof(Hardshrink)] = draw => Any(draw, nn.Hardshrink(draw.Between(0, 1))),
        [typeof(Softshrink)] = draw => Any(draw, nn.Softshrink(draw.Between(0, 1))),
        [typeof(Softplus)] = draw => Any(draw, nn.Softplus(draw.Of(1.0, 0.5, 3), draw.Of(20.0, 1)), stretch: 10),
        [typeof(Softsign)] = draw => Any(draw, nn.Softsign()),
        [typeof(Threshold)] = draw => Any(draw, nn.Threshold(draw.Between(-1, 1), draw.Between(-2, 2))),
        [typeof(GLU)] = Glu,
        [typeof(Softmax)] = draw => Any(draw, nn.Softmax(draw.From(-1, 1))),
        [typeof(Softmax2d)] = draw => new(nn.Softmax2d(), draw.Yes ? ["batch", 3, 2, 4] : [3, 2, 4]),
        [typeof(Softmin)] = draw => Any(draw, nn.Softmin(draw.From(-1, 1))),
        [typeof(LogSoftmax)] = draw => Any(draw, nn.LogSoftmax(draw.From(-1, 1))),
    };

    /// <summary>A tensor of two to four dimensions; stretched where small numbers do not reach all that the activation does.</summary>
    private static LayerCase Any(Draw draw, nn.Module<Tensor, Tensor> activation, double stretch = 1)
    {
        OnnxDimension[] shape = ["batch", .. draw.Each((int)draw.From(1, 3), 1, 5).Select(OnnxDimension.Fixed)];
        return new(stretch == 1 ? activation : nn.Sequential(new Stretch((float)stretch), activation), shape);
    }

    private static LayerCase PRelu(Draw draw)
    {
        var channels = draw.Of(1L, 3);
        var prelu = nn.PReLU(channels);
        using (no_grad()) prelu.weight.uniform_(0, 1);
        return new(prelu, ["batch", 3, .. draw.Each((int)draw.From(0, 3), 1, 4).Select(OnnxDimension.Fixed)]);
    }

    private static LayerCase Glu(Draw draw)
    {
        var axis = draw.From(1, 3);
        OnnxDimension[] shape = ["batch", 2 * draw.From(1, 3), 2 * draw.From(1, 3), 2 * draw.From(1, 3)];
        return new(nn.GLU(draw.Yes ? axis : axis - 4), shape);
    }
}
