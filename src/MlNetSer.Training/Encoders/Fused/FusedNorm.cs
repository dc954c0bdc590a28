using System.Buffers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// Batch norm in training, max pooling and ReLU of what a convolution gives, and their gradients, where torch runs three operations, each of which writes down and keeps what it gives:
/// here only the input is kept, with the largest points of windows, and its gradient takes its place.
/// </summary>
internal sealed class FusedNorm : Cut
{
    private readonly Convolved _input;
    private readonly Tensor? _peaks;
    private readonly ImageShape _shape;
    private readonly BatchStatistics[] _batches;

    /// <summary>Computes them.</summary>
    /// <param name="input">What <see cref="Batch.Fits"/>; it is not to be used again.</param>
    /// <param name="norm">Batch norm.</param>
    /// <param name="window">Of pooling.</param>
    /// <param name="groups">As in <see cref="ImageShape"/>.</param>
    public FusedNorm(Convolved input, BatchNorm2d norm, PoolWindow window, int groups)
    {
        _input = input;
        input.Keep();
        var images = input.Output;
        _shape = Batch.Shape(images, groups, window);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var points = Batch.Points(images.detach());
        Tensor Pooled() => empty([_shape.Count, _shape.PooledHeight, _shape.PooledWidth, _shape.Channels], images.dtype);
        if (window != PoolWindow.Point) _peaks = Pooled().DetachFromDisposeScope();
        var output = Pooled();
        _batches = images.dtype == bfloat16 ? Forward<BrainPrecision, ushort>(norm, points, output) : Forward<SinglePrecision, float>(norm, points, output);
        Output = Batch.Images(output).requires_grad_().DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override void Backward()
    {
        using var scope = NewDisposeScope();
        if (Output.grad is not { } gradient) return;
        using (no_grad())
        {
            var (points, pooled) = (Batch.Points(_input.Output.detach()), Batch.Points(gradient).contiguous());
            if (_input.Output.dtype == bfloat16) Backward<BrainPrecision, ushort>(points, pooled);
            else Backward<SinglePrecision, float>(points, pooled);
        }
        // Neither is needed any more, and what comes next takes as much.
        Output.grad = null;
        Output.Dispose();
        _input.Backward(_input.Output.detach());
    }

    public override void Dispose()
    {
        base.Dispose();
        _input.Dispose();
        _peaks?.Dispose();
    }

    private unsafe BatchStatistics[] Forward<TPrecision, TStored>(BatchNorm2d norm, Tensor points, Tensor output)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        var shape = _shape;
        fixed (byte* firstPoint = points.bytes, firstPeak = (_peaks ?? points).bytes, firstOutput = output.bytes)
        {
            var (x, peaks, y) = ((nint)firstPoint, (nint)firstPeak, (nint)firstOutput);
            var sums = Batch.Sum(shape, 2, (i, sum) =>
                NormKernel<TPrecision, TStored>.Moments((TStored*)x + ((nint)i * shape.Values), shape.Points, shape.Channels, sum[0], sum[1]));
            var batches = BatchStatistics.Of(norm, shape, sums);
            Batch.ForEach(shape, i =>
            {
                var batch = batches[shape.Group(i)];
                var peak = (TStored*)peaks + ((nint)i * shape.PooledValues);
                fixed (float* scale = batch.Scale, shift = batch.Shift)
                {
                    if (_peaks is not null) PoolKernel<TPrecision, TStored>.Peaks((TStored*)x + ((nint)i * shape.Values), peak, shape, scale, shift);
                    NormKernel<TPrecision, TStored>.Forward(peak, (TStored*)y + ((nint)i * shape.PooledValues), shape.PooledPoints, shape.Channels, scale, shift);
                }
            });
            return batches;
        }
    }

    private unsafe void Backward<TPrecision, TStored>(Tensor points, Tensor gradients)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        var shape = _shape;
        fixed (byte* firstPoint = points.bytes, firstPeak = (_peaks ?? points).bytes, firstGradient = gradients.bytes)
        {
            var (x, peaks, y) = ((nint)firstPoint, (nint)firstPeak, (nint)firstGradient);
            var sums = Batch.Sum(shape, 2, (i, sum) =>
            {
                var batch = _batches[shape.Group(i)];
                fixed (float* scale = batch.Scale, shift = batch.Shift, mean = batch.Mean)
                {
                    NormKernel<TPrecision, TStored>.GradientSums(
                        (TStored*)peaks + ((nint)i * shape.PooledValues), (TStored*)y + ((nint)i * shape.PooledValues), shape.PooledPoints, shape.Channels, scale, shift, mean, sum[0], sum[1]);
                }
            });
            foreach (var (batch, sum) in _batches.Zip(sums)) batch.Differentiate(sum[0], sum[1]);
            Batch.ForEach(shape, i =>
            {
                var batch = _batches[shape.Group(i)];
                var image = (TStored*)x + ((nint)i * shape.Values);
                var peak = (TStored*)peaks + ((nint)i * shape.PooledValues);
                var gradient = (TStored*)y + ((nint)i * shape.PooledValues);
                fixed (float* scale = batch.Scale, shift = batch.Shift, slope = batch.Slope, offset = batch.Offset)
                {
                    if (_peaks is null)
                    {
                        NormKernel<TPrecision, TStored>.Backward(image, gradient, shape.Points, shape.Channels, scale, shift, slope, offset);
                        return;
                    }
                    var room = ArrayPool<float>.Shared.Rent(shape.Values);
                    room.AsSpan(0, shape.Values).Clear();
                    fixed (float* spread = room)
                    {
                        PoolKernel<TPrecision, TStored>.Spread(image, peak, gradient, shape, scale, shift, spread);
                        PoolKernel<TPrecision, TStored>.Backward(image, spread, shape.Points, shape.Channels, slope, offset);
                    }
                    ArrayPool<float>.Shared.Return(room);
                }
            });
        }
    }
}
