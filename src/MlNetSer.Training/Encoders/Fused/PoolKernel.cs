using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MlNetSer.Training;

/// <summary>
/// Max pooling between batch norm and ReLU on one image. The points that were the largest of their windows are written down as they were before batch norm, as "peaks": by them alone
/// <see cref="NormKernel{TPrecision, TStored}.GradientSums"/> knows what it must, and where x is as large, there the gradient goes.
/// </summary>
internal static unsafe class PoolKernel<TPrecision, TStored>
    where TPrecision : struct, IPrecision<TStored>
    where TStored : unmanaged
{
    /// <summary>The x of each window whose <paramref name="scale"/> x + <paramref name="shift"/> is the largest.</summary>
    public static void Peaks(TStored* image, TStored* peaks, ImageShape shape, float* scale, float* shift)
    {
        for (var row = 0; row < shape.PooledHeight; row++)
        {
            for (var c = 0; c < shape.Channels; c += ImageShape.Lanes)
            {
                var (a, b) = (Vector512.Load(scale + c), Vector512.Load(shift + c));
                var peak = peaks + ((nint)row * shape.PooledWidth * shape.Channels) + c;
                for (var column = 0; column < shape.PooledWidth; column++, peak += shape.Channels)
                    TPrecision.Store(new Window(shape, row, column).Peak(image + c, a, b), peak);
            }
        }
    }

    /// <summary>Adds gradients to <paramref name="spread"/> where the first x lies that is a window's peak: <paramref name="scale"/> times those behind batch norm.</summary>
    /// <param name="image">x of an image.</param>
    /// <param name="peaks">Its peaks.</param>
    /// <param name="gradient">The gradient of what came out.</param>
    /// <param name="shape">Of all images.</param>
    /// <param name="scale">As in <see cref="Peaks"/>.</param>
    /// <param name="shift">As in <see cref="Peaks"/>.</param>
    /// <param name="spread">As many values as an image has.</param>
    public static void Spread(TStored* image, TStored* peaks, TStored* gradient, ImageShape shape, float* scale, float* shift, float* spread)
    {
        for (var row = 0; row < shape.PooledHeight; row++)
        {
            for (var c = 0; c < shape.Channels; c += ImageShape.Lanes)
            {
                var (a, b) = (Vector512.Load(scale + c), Vector512.Load(shift + c));
                var at = ((nint)row * shape.PooledWidth * shape.Channels) + c;
                for (var column = 0; column < shape.PooledWidth; column++, at += shape.Channels)
                {
                    var peak = TPrecision.Load(peaks + at);
                    var g = TPrecision.Load(gradient + at) & Vector512.GreaterThan(Vector512.FusedMultiplyAdd(peak, a, b), default);
                    new Window(shape, row, column).Spread(image + c, peak, a * g, spread + c);
                }
            }
        }
    }

    /// <summary>Puts the gradient of x in the place of x: what was spread, plus <paramref name="slope"/> x + <paramref name="offset"/>.</summary>
    public static void Backward(TStored* image, float* spread, int points, int channels, float* slope, float* offset)
    {
        for (var i = 0; i < points; i++)
        {
            for (var c = 0; c < channels; c += ImageShape.Lanes)
            {
                var at = ((nint)i * channels) + c;
                var linear = Vector512.FusedMultiplyAdd(TPrecision.Load(image + at), Vector512.Load(slope + c), Vector512.Load(offset + c));
                TPrecision.Store(linear + Vector512.Load(spread + at), image + at);
            }
        }
    }

    /// <summary>One window, without what lies beyond the image.</summary>
    private readonly ref struct Window
    {
        private readonly nint _first, _row, _column;
        private readonly int _rows, _columns;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Window(ImageShape shape, int row, int column)
        {
            var window = shape.Window;
            var (top, left) = ((row * window.StrideHeight) - window.Padding, (column * window.StrideWidth) - window.Padding);
            var (bottom, right) = (Math.Min(top + window.Height, shape.Height), Math.Min(left + window.Width, shape.Width));
            (top, left) = (Math.Max(top, 0), Math.Max(left, 0));
            (_rows, _columns) = (bottom - top, right - left);
            (_row, _column) = ((nint)shape.Width * shape.Channels, shape.Channels);
            _first = (top * _row) + (left * _column);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Peak(TStored* image, Vector512<float> a, Vector512<float> b)
        {
            var peak = TPrecision.Load(image + _first);
            var largest = Vector512.FusedMultiplyAdd(peak, a, b);
            for (var r = 0; r < _rows; r++)
            {
                var at = image + _first + (r * _row);
                for (var i = 0; i < _columns; i++, at += _column)
                {
                    var x = TPrecision.Load(at);
                    var value = Vector512.FusedMultiplyAdd(x, a, b);
                    var larger = Vector512.GreaterThan(value, largest);
                    largest = Vector512.ConditionalSelect(larger, value, largest);
                    peak = Vector512.ConditionalSelect(larger, x, peak);
                }
            }
            return peak;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Spread(TStored* image, Vector512<float> peak, Vector512<float> g, float* spread)
        {
            for (var r = 0; r < _rows; r++)
            {
                var at = _first + (r * _row);
                for (var i = 0; i < _columns; i++, at += _column)
                {
                    var hit = Vector512.Equals(TPrecision.Load(image + at), peak);
                    (Vector512.Load(spread + at) + (g & hit)).Store(spread + at);
                    g = Vector512.AndNot(g, hit);
                }
            }
        }
    }
}
