using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>The end of a residual block: batch norm of a convolution's output, the shortcut, with batch norm or as it is, their sum and ReLU, and the gradients.</summary>
internal sealed class FusedSum : Cut
{
    private readonly Convolved _input;
    private readonly Tensor _shortcut;
    private readonly bool _shortcutEnds;
    private readonly ImageShape _shape;
    private readonly BatchStatistics[] _batches, _shortcutBatches;
    private readonly float[][] _shifts;

    /// <summary>Computes it.</summary>
    /// <param name="input">What <see cref="Batch.Fits"/>; it is not to be used again.</param>
    /// <param name="norm">Its batch norm.</param>
    /// <param name="shortcut">The same shape: a convolution's output, not to be used again, or a leaf of torch's graph that is added as it is.</param>
    /// <param name="shortcutNorm">Batch norm of the former.</param>
    /// <param name="groups">As in <see cref="ImageShape"/>.</param>
    public FusedSum(Convolved input, BatchNorm2d norm, Tensor shortcut, BatchNorm2d? shortcutNorm, int groups)
    {
        _input = input;
        input.Keep();
        var images = input.Output;
        _shortcutEnds = shortcutNorm is null;
        _shortcut = shortcutNorm is null ? shortcut.alias().DetachFromDisposeScope() : shortcut.DetachFromDisposeScope();
        _shape = Batch.Shape(images, groups, PoolWindow.Point);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (points, others) = (Batch.Points(images.detach()), Batch.Points(_shortcut.detach()));
        var output = empty_like(points);
        (_batches, _shortcutBatches, _shifts) = images.dtype == bfloat16
            ? Forward<BrainPrecision, ushort>(points, norm, others, shortcutNorm, output)
            : Forward<SinglePrecision, float>(points, norm, others, shortcutNorm, output);
        Output = Batch.Images(output).requires_grad_().DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override void Backward()
    {
        using var scope = NewDisposeScope();
        if (Output.grad is not { } gradient) return;
        var sum = Batch.Points(gradient).contiguous();
        using (no_grad())
        {
            var (points, others) = (Batch.Points(_input.Output.detach()), Batch.Points(_shortcut.detach()));
            if (_input.Output.dtype == bfloat16) Backward<BrainPrecision, ushort>(points, others, sum);
            else Backward<SinglePrecision, float>(points, others, sum);
        }
        Output.grad = null;
        Output.Dispose();
        // The gradient of the shortcut lies where that of the sum was.
        if (!_shortcutEnds) _shortcut.backward([Batch.Images(sum)]);
        else if (_shortcut.grad is { } others) others.add_(Batch.Images(sum));
        else _shortcut.grad = Batch.Images(sum);
        _input.Backward(_input.Output.detach());
    }

    public override void Dispose()
    {
        base.Dispose();
        _input.Dispose();
        _shortcut.Dispose();
    }

    private unsafe (BatchStatistics[] Input, BatchStatistics[] Shortcut, float[][] Shifts) Forward<TPrecision, TStored>(
        Tensor points, BatchNorm2d norm, Tensor shortcuts, BatchNorm2d? shortcutNorm, Tensor output)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        var shape = _shape;
        fixed (byte* first = points.bytes, firstOther = shortcuts.bytes, firstOutput = output.bytes)
        {
            var (x, y, sum) = ((nint)first, (nint)firstOther, (nint)firstOutput);
            var batches = Statistics<TPrecision, TStored>(x, norm);
            var others = shortcutNorm is null ? BatchStatistics.None(shape) : Statistics<TPrecision, TStored>(y, shortcutNorm);
            float[][] shifts = [.. batches.Zip(others, (batch, other) => batch.Shift.Zip(other.Shift, (a, b) => a + b).ToArray())];
            Batch.ForEach(shape, i =>
            {
                var group = shape.Group(i);
                fixed (float* a = batches[group].Scale, b = others[group].Scale, c = shifts[group])
                    At<TPrecision, TStored>(i, x, y, a, b, c).Forward((TStored*)sum + ((nint)i * shape.Values));
            });
            return (batches, others, shifts);
        }
    }

    private unsafe void Backward<TPrecision, TStored>(Tensor points, Tensor others, Tensor gradient)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        var shape = _shape;
        fixed (byte* first = points.bytes, firstOther = others.bytes, firstGradient = gradient.bytes)
        {
            var (x, y, g) = ((nint)first, (nint)firstOther, (nint)firstGradient);
            var sums = Batch.Sum(shape, 3, (i, sum) =>
            {
                var group = shape.Group(i);
                var (batch, other) = (_batches[group], _shortcutBatches[group]);
                fixed (float* a = batch.Scale, b = other.Scale, c = _shifts[group], meanX = batch.Mean, meanY = other.Mean)
                    At<TPrecision, TStored>(i, x, y, a, b, c).GradientSums((TStored*)g + ((nint)i * shape.Values), meanX, meanY, sum[0], sum[1], sum[2]);
            });
            foreach (var (batch, sum) in _batches.Zip(sums)) batch.Differentiate(sum[0], sum[1]);
            foreach (var (other, sum) in _shortcutBatches.Zip(sums)) other.Differentiate(sum[0], sum[2]);
            Batch.ForEach(shape, i =>
            {
                var group = shape.Group(i);
                var (batch, other) = (_batches[group], _shortcutBatches[group]);
                fixed (float* a = batch.Scale, b = other.Scale, c = _shifts[group])
                fixed (float* slopeX = batch.Slope, offsetX = batch.Offset, slopeY = other.Slope, offsetY = other.Offset)
                    At<TPrecision, TStored>(i, x, y, a, b, c).Backward((TStored*)g + ((nint)i * shape.Values), slopeX, offsetX, slopeY, offsetY);
            });
        }
    }

    private unsafe BatchStatistics[] Statistics<TPrecision, TStored>(nint images, BatchNorm2d norm)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        var shape = _shape;
        var sums = Batch.Sum(shape, 2, (i, sum) => NormKernel<TPrecision, TStored>.Moments((TStored*)images + ((nint)i * shape.Values), shape.Points, shape.Channels, sum[0], sum[1]));
        return BatchStatistics.Of(norm, shape, sums);
    }

    private unsafe SumKernel<TPrecision, TStored>.Image At<TPrecision, TStored>(int image, nint x, nint y, float* a, float* b, float* c)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged =>
        new((TStored*)x + ((nint)image * _shape.Values), (TStored*)y + ((nint)image * _shape.Values), _shape, a, b, c);
}
