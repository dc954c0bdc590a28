using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Convolution without bias, batch norm, ReLU and, where asked for, max pooling.</summary>
internal sealed class ConvBlock : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly Conv2d conv;
    private readonly BatchNorm2d norm;
    private readonly MaxPool2d? pool;
    private readonly PoolWindow window;

    /// <summary>An untrained block.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Side of the convolution's kernel, odd; the image keeps its size.</param>
    /// <param name="pool">Frames and bands that become one, if any do.</param>
    public ConvBlock(int inputs, int outputs, int kernel = 3, (long Frames, long Bands)? pool = null)
        : this(nn.Conv2d(inputs, outputs, kernel_size: kernel, padding: kernel / 2, bias: false), outputs, pool)
    {
    }

    private ConvBlock(Conv2d conv, int outputs, (long Frames, long Bands)? pool = null)
        : base(nameof(ConvBlock))
    {
        this.conv = conv;
        norm = nn.BatchNorm2d(outputs);
        window = pool is { } size ? new((int)size.Frames, (int)size.Bands) : PoolWindow.Point;
        this.pool = pool is null ? null : nn.MaxPool2d((window.Height, window.Width));
        RegisterComponents();
    }

    /// <summary>An untrained dense layer over all channels and bands of each frame, as the convolution that it is: one band is left.</summary>
    public static ConvBlock OverBands(int inputs, int bands, int outputs) =>
        new(nn.Conv2d(inputs, outputs, kernel_size: (1, bands), bias: false), outputs);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var convolved = BackwardTape.Convolve(conv, norm, input);
        if (BackwardTape.Open?.Cut(convolved, norm, window) is { } output) return output;
        var x = BackwardTape.Normalise(norm, convolved.ToTorch());
        // The maximum is the same before ReLU and after, and its gradients are; there is less to do for ReLU after it.
        return (pool is null ? x : pool.call(x)).relu_();
    }

    public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var x = onnx.Graph.Relu(onnx.Apply(inputs[0], conv, norm));
        return [pool is null ? x : onnx.Apply(x, pool)];
    }
}
