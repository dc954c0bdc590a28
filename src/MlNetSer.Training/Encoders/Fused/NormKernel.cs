using System.Runtime.Intrinsics;

namespace MlNetSer.Training;

/// <summary>
/// Batch norm and ReLU on one image, forward and backward, in as few passes over it as there can be: what comes out of batch norm is never written down, but computed again when
/// it is asked for.
/// </summary>
/// <remarks>Sums are taken in float32 over <see cref="Run"/> points at most and added up in float64, in an order that depends on nothing but the shape.</remarks>
internal static unsafe class NormKernel<TPrecision, TStored>
    where TPrecision : struct, IPrecision<TStored>
    where TStored : unmanaged
{
    // So many points of 128 channels stay in a processor's second cache while all channels have their turn.
    internal const int Run = 128;

    /// <summary>The sum of each channel's values and that of their squares.</summary>
    public static void Moments(TStored* image, int points, int channels, double* sums, double* squares)
    {
        for (var begin = 0; begin < points; begin += Run)
        {
            var run = Math.Min(Run, points - begin);
            for (var c = 0; c < channels; c += ImageShape.Lanes)
            {
                var x = image + ((nint)begin * channels) + c;
                // Around a value of theirs, squares lose no digits to the mean.
                var origin = TPrecision.Load(x);
                Vector512<float> sum = default, square = default;
                for (var i = 1; i < run; i++)
                {
                    x += channels;
                    var distance = TPrecision.Load(x) - origin;
                    sum += distance;
                    square = Vector512.FusedMultiplyAdd(distance, distance, square);
                }
                Sums.Add(sums + c, squares + c, origin, sum, square, run);
            }
        }
    }

    /// <summary><paramref name="scale"/> x + <paramref name="shift"/>, and at least 0.</summary>
    public static void Forward(TStored* image, TStored* output, int points, int channels, float* scale, float* shift)
    {
        for (var begin = 0; begin < points; begin += Run)
        {
            var run = Math.Min(Run, points - begin);
            for (var c = 0; c < channels; c += ImageShape.Lanes)
            {
                var (a, b) = (Vector512.Load(scale + c), Vector512.Load(shift + c));
                var at = ((nint)begin * channels) + c;
                for (var i = 0; i < run; i++, at += channels)
                {
                    var value = Vector512.FusedMultiplyAdd(TPrecision.Load(image + at), a, b);
                    // What is not a number stays none.
                    TPrecision.Store(Vector512.ConditionalSelect(Vector512.LessThanOrEqual(value, default), default, value), output + at);
                }
            }
        }
    }

    /// <summary>The sums over all points of the gradient behind batch norm, and of its products with x - <paramref name="mean"/>.</summary>
    public static void GradientSums(
        TStored* image, TStored* gradient, int points, int channels, float* scale, float* shift, float* mean, double* sums, double* products)
    {
        for (var begin = 0; begin < points; begin += Run)
        {
            var run = Math.Min(Run, points - begin);
            for (var c = 0; c < channels; c += ImageShape.Lanes)
            {
                var (a, b, centre) = (Vector512.Load(scale + c), Vector512.Load(shift + c), Vector512.Load(mean + c));
                Vector512<float> sum = default, product = default;
                var at = ((nint)begin * channels) + c;
                for (var i = 0; i < run; i++, at += channels)
                {
                    var x = TPrecision.Load(image + at);
                    var g = TPrecision.Load(gradient + at) & Vector512.GreaterThan(Vector512.FusedMultiplyAdd(x, a, b), default);
                    sum += g;
                    product = Vector512.FusedMultiplyAdd(g, x - centre, product);
                }
                Sums.Add(sums + c, sum);
                Sums.Add(products + c, product);
            }
        }
    }

    /// <summary>
    /// Puts the gradient of x in the place of x: <paramref name="scale"/> times that behind batch norm, plus <paramref name="slope"/> x + <paramref name="offset"/>,
    /// which is what x has to do with the mean and the variance.
    /// </summary>
    public static void Backward(TStored* image, TStored* gradient, int points, int channels, float* scale, float* shift, float* slope, float* offset)
    {
        for (var begin = 0; begin < points; begin += Run)
        {
            var run = Math.Min(Run, points - begin);
            for (var c = 0; c < channels; c += ImageShape.Lanes)
            {
                var (a, b, p, q) = (Vector512.Load(scale + c), Vector512.Load(shift + c), Vector512.Load(slope + c), Vector512.Load(offset + c));
                var at = ((nint)begin * channels) + c;
                for (var i = 0; i < run; i++, at += channels)
                {
                    var x = TPrecision.Load(image + at);
                    var g = TPrecision.Load(gradient + at) & Vector512.GreaterThan(Vector512.FusedMultiplyAdd(x, a, b), default);
                    TPrecision.Store(Vector512.FusedMultiplyAdd(g, a, Vector512.FusedMultiplyAdd(x, p, q)), image + at);
                }
            }
        }
    }
}
