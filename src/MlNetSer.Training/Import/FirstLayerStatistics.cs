using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>An encoder's first convolution and what the batch norm after it remembers of the training.</summary>
internal sealed class FirstLayerStatistics(SoundEncoder encoder)
{
    private readonly Conv2d convolution = encoder.modules().OfType<Conv2d>().First();
    private readonly BatchNorm2d norm = encoder.modules().OfType<BatchNorm2d>().First();

    /// <summary>
    /// The std for which (patch - mean) / std would give, behind the convolution, the variances that batch norm remembers: the geometric
    /// mean over the channels.
    /// </summary>
    /// <param name="patches">Batches and their shapes [count, 1, frames, bands], not normalised.</param>
    /// <param name="mean">What is subtracted from them.</param>
    /// <param name="cancellation">Ends the work between two batches.</param>
    public double InputScale(IEnumerable<(float[] Values, long[] Shape)> patches, float mean, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var (sum, squares) = (zeros(1, float64), zeros(1, float64));
        var count = 0L;
        foreach (var (batch, shape) in patches)
        {
            cancellation.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            // Zeros around a normalised patch are means around a raw one, hence the mean is subtracted before the convolution.
            var features = convolution.call(tensor(batch, shape) - mean);
            var (average, variance) = (features.mean([0, 2, 3]).to(float64), features.var([0, 2, 3], unbiased: false).to(float64));
            sum = (sum + average * shape[0]).MoveToOuterDisposeScope();
            squares = (squares + (variance + average.square()) * shape[0]).MoveToOuterDisposeScope();
            count += shape[0];
        }
        var total = squares / count - (sum / count).square();
        var ratio = (total / norm.running_var!.to(float64)).log() / 2;
        // A channel that is always zero says nothing.
        return ratio.masked_select(ratio.isfinite()).mean().exp().ToDouble();
    }
}
