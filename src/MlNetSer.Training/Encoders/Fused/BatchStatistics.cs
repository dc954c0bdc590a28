using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>What batch norm makes of a batch: <see cref="Scale"/> x + <see cref="Shift"/> for each channel, and how gradients come back through it.</summary>
internal sealed class BatchStatistics
{
    private readonly BatchNorm2d? _norm;
    private readonly double _count;
    private readonly double[] _deviation;

    private BatchStatistics(BatchNorm2d? norm, double count, int channels)
    {
        (_norm, _count, _deviation) = (norm, count, new double[channels]);
        (Mean, Scale, Shift) = (new float[channels], new float[channels], new float[channels]);
        (Slope, Offset) = (new float[channels], new float[channels]);
    }

    public float[] Mean { get; }

    public float[] Scale { get; }

    public float[] Shift { get; }

    /// <summary>After <see cref="Differentiate"/>: the gradient of x is Scale times that of what came out, plus Slope x + Offset.</summary>
    public float[] Slope { get; }

    /// <inheritdoc cref="Slope"/>
    public float[] Offset { get; }

    /// <summary>No norm at all: x stays as it is.</summary>
    public static BatchStatistics[] None(ImageShape shape)
    {
        var none = new BatchStatistics(null, 1, shape.Channels);
        Array.Fill(none.Scale, 1);
        return [.. Enumerable.Repeat(none, shape.Groups)];
    }

    /// <summary>Takes mean and variance of each group, one after the other, which the running ones come closer to.</summary>
    /// <param name="norm">Batch norm with weights, bias, running statistics and momentum.</param>
    /// <param name="shape">Of the images.</param>
    /// <param name="moments">For each group, the sums of each channel's values and of their squares.</param>
    public static BatchStatistics[] Of(BatchNorm2d norm, ImageShape shape, double[][][] moments) => [.. moments.Select(m => Of(norm, shape, m[0], m[1]))];

    /// <summary>Adds the gradients of the norm's weights and bias to theirs.</summary>
    /// <param name="sums">Of each channel's gradients of what came out.</param>
    /// <param name="products">Of their products with x - <see cref="Mean"/>.</param>
    public void Differentiate(double[] sums, double[] products)
    {
        if (_norm is null) return;
        var (weight, bias) = (new float[Slope.Length], new float[Slope.Length]);
        for (var c = 0; c < Slope.Length; c++)
        {
            var normalised = products[c] / _deviation[c];
            (weight[c], bias[c]) = ((float)normalised, (float)sums[c]);
            Slope[c] = (float)(-Scale[c] * normalised / (_deviation[c] * _count));
            Offset[c] = (float)((-Scale[c] * sums[c] / _count) - (Slope[c] * (double)Mean[c]));
        }
        Add(_norm.weight!, weight);
        Add(_norm.bias!, bias);
    }

    private static BatchStatistics Of(BatchNorm2d norm, ImageShape shape, double[] sums, double[] squares)
    {
        var count = (double)shape.GroupPoints;
        var batch = new BatchStatistics(norm, count, shape.Channels);
        var (weight, bias) = (Values(norm.weight!), Values(norm.bias!));
        var momentum = norm.momentum!.Value;
        var (runningMean, runningVariance) = (norm.running_mean!.data<float>(), norm.running_var!.data<float>());
        for (var c = 0; c < shape.Channels; c++)
        {
            var mean = sums[c] / count;
            var spread = Math.Max(0, (squares[c] / count) - (mean * mean));
            batch._deviation[c] = Math.Sqrt(spread + norm.eps);
            batch.Mean[c] = (float)mean;
            batch.Scale[c] = (float)(weight[c] / batch._deviation[c]);
            batch.Shift[c] = (float)(bias[c] - (mean * weight[c] / batch._deviation[c]));
            runningMean[c] = (float)(((1 - momentum) * runningMean[c]) + (momentum * mean));
            runningVariance[c] = (float)(((1 - momentum) * runningVariance[c]) + (momentum * spread * count / (count - 1)));
        }
        norm.num_batches_tracked!.data<long>()[0]++;
        return batch;
    }

    private static void Add(Parameter weight, float[] values)
    {
        if (!weight.requires_grad) return;
        if (weight.grad is { } gradient) gradient.add_(tensor(values));
        else weight.grad = tensor(values);
    }

    private static float[] Values(Tensor weight) => weight.detach().data<float>().ToArray();
}
