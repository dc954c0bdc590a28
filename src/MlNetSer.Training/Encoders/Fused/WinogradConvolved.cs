using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>A 3 x 3 convolution, and its gradients, by Winograd's minimal filtering: a quarter of the multiplications in each.</summary>
internal sealed class WinogradConvolved : Convolved
{
    // In bfloat16, of which oneDNN multiplies and adds two at once, there is less to save: nothing where transforms of few channels are most of the work, or much of the tiles lies beyond the image.
    private const int FewestChannelsInHalf = 64;
    private const double LeastShareInHalf = 0.7;

    private readonly Conv2d _conv;
    private readonly Tensor _input;

    /// <summary>Convolves.</summary>
    /// <param name="conv">A convolution that <see cref="Fits"/>.</param>
    /// <param name="input">A leaf of torch's graph, which collects its gradient.</param>
    public WinogradConvolved(Conv2d conv, Tensor input)
    {
        (_conv, _input) = (conv, input.alias());
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var points = Batch.Points(_input.detach());
        var output = empty([points.shape[0], points.shape[1], points.shape[2], conv.weight.shape[0]], input.dtype);
        Run(Filters(1, 2, 3, 0), turned: false, points, output);
        Output = Batch.Images(output).MoveToOuterDisposeScope();
    }

    public override bool NeedsGradient => true;

    /// <summary>Whether a convolution can be computed so: on the CPU, of stride 1, with a zero around images that have all channels of a point side by side.</summary>
    public static bool Fits(Conv2d conv, Tensor input)
    {
        if (!input.is_leaf || !input.requires_grad || input.device_type != DeviceType.CPU || (input.dtype != float32 && input.dtype != bfloat16)) return false;
        var weight = conv.weight;
        if (weight.dtype != float32 || !weight.requires_grad || conv.bias is not null || weight.shape is not [var outputs, var inputs, 3, 3]) return false;
        if (input.dtype == bfloat16 && (Math.Min(inputs, outputs) < FewestChannelsInHalf || ShareOfTiles(input) < LeastShareInHalf)) return false;
        if (!IsOne(conv.stride) || !IsOne(conv.padding ?? []) || !IsOne(conv.dilation) || conv.groups != 1) return false;
        // Backwards they change places.
        if (!WinogradConvolution.Fits(inputs, outputs) || !WinogradConvolution.Fits(outputs, inputs)) return false;
        if (input.numel() / inputs * Math.Max(inputs, outputs) * input.element_size() > int.MaxValue) return false;
        using var points = Batch.Points(input);
        return points.is_contiguous();

        static bool IsOne(long[] values) => values is [1] or [1, 1];
    }

    /// <summary>How much of the points that tiles make is in the image.</summary>
    private static double ShareOfTiles(Tensor input)
    {
        var (height, width) = ((int)input.shape[2], (int)input.shape[3]);
        return (double)height * width / (TileGrid.Same(height, width).Tiles * WinogradTransforms.Made * WinogradTransforms.Made);
    }

    public override Tensor ToTorch()
    {
        Output.Dispose();
        return MixedPrecision.Convolve(_conv, _input);
    }

    public override void Keep()
    {
        base.Keep();
        _input.DetachFromDisposeScope();
    }

    public override void Backward(Tensor gradient)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (points, gradients) = (Batch.Points(_input.detach()), Batch.Points(gradient));
        var filters = Differentiate(points, gradients).permute(3, 0, 1, 2);
        if (_conv.weight.grad is { } sum) sum.add_(filters);
        else _conv.weight.grad = empty_like(_conv.weight).copy_(filters);
        var back = empty_like(points);
        Run(Filters(0, 2, 3, 1), turned: true, gradients, back);
        if (_input.grad is { } others) others.add_(Batch.Images(back));
        else _input.grad = Batch.Images(back);
    }

    public override void Dispose()
    {
        base.Dispose();
        _input.Dispose();
    }

    private Tensor Filters(params long[] order) => _conv.weight.detach().permute(order).contiguous();

    /// <summary>Convolves with filters [channels in, 3, 3, channels out].</summary>
    private static unsafe void Run(Tensor filters, bool turned, Tensor points, Tensor output)
    {
        var workspace = WinogradWorkspace.OfThread;
        var (inputs, outputs) = ((int)filters.shape[0], (int)filters.shape[3]);
        workspace.Filters.Reserve(inputs, outputs);
        fixed (byte* firstFilter = filters.bytes, firstPoint = points.bytes, firstOutput = output.bytes)
        {
            var (f, x, y) = ((nint)firstFilter, (nint)firstPoint, (nint)firstOutput);
            Batch.ForEach(inputs, i => workspace.Filters.Set((float*)f + ((nint)i * 9 * outputs), turned, i));
            if (points.dtype == bfloat16) workspace.Convolve<BrainPrecision, ushort>((ushort*)x, Count(points), Grid(points), (ushort*)y);
            else workspace.Convolve<SinglePrecision, float>((float*)x, Count(points), Grid(points), (float*)y);
        }
    }

    /// <summary>The gradient of the filters, [channels in, 3, 3, channels out].</summary>
    private static unsafe Tensor Differentiate(Tensor points, Tensor gradients)
    {
        var workspace = WinogradWorkspace.OfThread;
        var (inputs, outputs) = ((int)points.shape[3], (int)gradients.shape[3]);
        var filters = empty([inputs, 3, 3, outputs]);
        fixed (byte* firstFilter = filters.bytes, firstPoint = points.bytes, firstGradient = gradients.bytes)
        {
            var (f, x, y) = ((nint)firstFilter, (nint)firstPoint, (nint)firstGradient);
            workspace.Gradient.Begin(inputs, outputs);
            if (points.dtype == bfloat16) workspace.Differentiate<BrainPrecision, ushort>((ushort*)x, (ushort*)y, Count(points), Grid(points));
            else workspace.Differentiate<SinglePrecision, float>((float*)x, (float*)y, Count(points), Grid(points));
            Batch.ForEach(inputs, i => workspace.Gradient.Get(i, (float*)f + ((nint)i * 9 * outputs)));
        }
        return filters;
    }

    private static int Count(Tensor points) => (int)points.shape[0];

    private static TileGrid Grid(Tensor points) => TileGrid.Same((int)points.shape[1], (int)points.shape[2]);
}
