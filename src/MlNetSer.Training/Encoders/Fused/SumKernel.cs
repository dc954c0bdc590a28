using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MlNetSer.Training;

/// <summary>The end of a residual block on one image: batch norm of one side, or of both, their sum and ReLU, forward and backward. The sum is never written down.</summary>
internal static unsafe class SumKernel<TPrecision, TStored>
    where TPrecision : struct, IPrecision<TStored>
    where TStored : unmanaged
{
    private const int Run = NormKernel<TPrecision, TStored>.Run;

    /// <summary>What is computed of x and y of one image: a x + b y + c, and at least 0.</summary>
    internal readonly ref struct Image(TStored* x, TStored* y, ImageShape shape, float* a, float* b, float* c)
    {
        private readonly TStored* _x = x, _y = y;
        private readonly float* _a = a, _b = b, _c = c;
        private readonly int _points = shape.Points;
        private readonly int _channels = shape.Channels;

        public void Forward(TStored* output)
        {
            for (var begin = 0; begin < _points; begin += Run)
            {
                for (var channel = 0; channel < _channels; channel += ImageShape.Lanes)
                {
                    var factors = new Factors(Vector512.Load(_a + channel), Vector512.Load(_b + channel), Vector512.Load(_c + channel));
                    for (var i = begin; i < Math.Min(begin + Run, _points); i++)
                    {
                        var at = ((nint)i * _channels) + channel;
                        var sum = factors.Sum(TPrecision.Load(_x + at), TPrecision.Load(_y + at));
                        // What is not a number stays none.
                        TPrecision.Store(Vector512.ConditionalSelect(Vector512.LessThanOrEqual(sum, default), default, sum), output + at);
                    }
                }
            }
        }

        /// <summary>The sums over all points of the gradient before ReLU, and of its products with x - <paramref name="meanX"/> and y - <paramref name="meanY"/>.</summary>
        public void GradientSums(TStored* gradient, float* meanX, float* meanY, double* sums, double* productsX, double* productsY)
        {
            for (var begin = 0; begin < _points; begin += Run)
            {
                for (var channel = 0; channel < _channels; channel += ImageShape.Lanes)
                {
                    var factors = new Factors(Vector512.Load(_a + channel), Vector512.Load(_b + channel), Vector512.Load(_c + channel));
                    var (centreX, centreY) = (Vector512.Load(meanX + channel), Vector512.Load(meanY + channel));
                    Vector512<float> sum = default, productX = default, productY = default;
                    for (var i = begin; i < Math.Min(begin + Run, _points); i++)
                    {
                        var at = ((nint)i * _channels) + channel;
                        var (x, y) = (TPrecision.Load(_x + at), TPrecision.Load(_y + at));
                        var g = TPrecision.Load(gradient + at) & Vector512.GreaterThan(factors.Sum(x, y), default);
                        sum += g;
                        productX = Vector512.FusedMultiplyAdd(g, x - centreX, productX);
                        productY = Vector512.FusedMultiplyAdd(g, y - centreY, productY);
                    }
                    Sums.Add(sums + channel, sum);
                    Sums.Add(productsX + channel, productX);
                    Sums.Add(productsY + channel, productY);
                }
            }
        }

        /// <summary>
        /// Puts the gradient of x in the place of x, as in <see cref="NormKernel{TPrecision, TStored}.Backward"/>, and that of y in the place of <paramref name="gradient"/>.
        /// </summary>
        public void Backward(TStored* gradient, float* slopeX, float* offsetX, float* slopeY, float* offsetY)
        {
            for (var begin = 0; begin < _points; begin += Run)
            {
                for (var channel = 0; channel < _channels; channel += ImageShape.Lanes)
                {
                    var factors = new Factors(Vector512.Load(_a + channel), Vector512.Load(_b + channel), Vector512.Load(_c + channel));
                    var (p, q) = (Vector512.Load(slopeX + channel), Vector512.Load(offsetX + channel));
                    var (s, t) = (Vector512.Load(slopeY + channel), Vector512.Load(offsetY + channel));
                    for (var i = begin; i < Math.Min(begin + Run, _points); i++)
                    {
                        var at = ((nint)i * _channels) + channel;
                        var (x, y) = (TPrecision.Load(_x + at), TPrecision.Load(_y + at));
                        var g = TPrecision.Load(gradient + at) & Vector512.GreaterThan(factors.Sum(x, y), default);
                        TPrecision.Store(Vector512.FusedMultiplyAdd(g, factors.A, Vector512.FusedMultiplyAdd(x, p, q)), _x + at);
                        TPrecision.Store(Vector512.FusedMultiplyAdd(g, factors.B, Vector512.FusedMultiplyAdd(y, s, t)), gradient + at);
                    }
                }
            }
        }
    }

    private readonly ref struct Factors(Vector512<float> a, Vector512<float> b, Vector512<float> c)
    {
        public readonly Vector512<float> A = a, B = b;
        private readonly Vector512<float> _c = c;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Sum(Vector512<float> x, Vector512<float> y) => Vector512.FusedMultiplyAdd(x, A, Vector512.FusedMultiplyAdd(y, B, _c));
    }
}
