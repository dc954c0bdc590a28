using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MlNetSer;

/// <summary>What is done with the points that a convolution makes.</summary>
/// <param name="Relu">None is less than 0.</param>
/// <param name="Pool">Of 2 x 2 of them only the largest is kept; what does not fill a window is left out.</param>
internal readonly record struct Finish(bool Relu, bool Pool);

/// <summary>Makes the points of tiles out of their products and puts them in their images.</summary>
[SkipLocalsInit]
internal static unsafe class TileWriter
{
    private const int Lanes = WinogradTransforms.Lanes;
    private const int Made = WinogradTransforms.Made;

    /// <summary>Writes some channels of some tiles.</summary>
    /// <param name="products">36 times [count, <paramref name="some"/>].</param>
    /// <param name="position">Values from a position to the next.</param>
    /// <param name="some">How many channels, a multiple of 16.</param>
    /// <param name="bias">One for each of them, or null.</param>
    /// <param name="finish">What is done with the points.</param>
    /// <param name="grid">The images' shape.</param>
    /// <param name="first">The first tile, counted through all images.</param>
    /// <param name="count">How many.</param>
    /// <param name="output">The first image's first of these channels.</param>
    /// <param name="channels">All channels of the images.</param>
    public static void Write<TPrecision, TStored>(
        float* products, nint position, int some, float* bias, Finish finish, TileGrid grid, long first, int count, TStored* output, int channels)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        var least = finish.Relu ? default : Vector512.Create(float.NegativeInfinity);
        var (height, width) = finish.Pool ? (grid.OutputHeight / 2, grid.OutputWidth / 2) : (grid.OutputHeight, grid.OutputWidth);
        var made = stackalloc float[Made * Made * Lanes];
        for (var i = 0; i < count; i++, products += some)
        {
            var (image, tile) = Math.DivRem(first + i, grid.Tiles);
            var (down, across) = Math.DivRem((int)tile, grid.Columns);
            var side = finish.Pool ? Made / 2 : Made;
            var (top, left) = (down * side, across * side);
            var (rows, columns) = (Math.Min(side, height - top), Math.Min(side, width - left));
            var corner = output + (((((nint)image * height) + top) * width) + left) * channels;
            for (var c = 0; c < some; c += Lanes)
            {
                WinogradTransforms.Output(products + c, position, bias is null ? default : Vector512.Load(bias + c), least, made);
                if (finish.Pool) Largest(made);
                for (var y = 0; y < rows; y++)
                {
                    for (var x = 0; x < columns; x++)
                        TPrecision.Store(Vector512.Load(made + (((y * Made) + x) * Lanes)), corner + ((((nint)y * width) + x) * channels) + c);
                }
            }
        }
    }

    /// <summary>Puts the largest of each 2 x 2 points of a tile in the place of the tile's first 2 x 2.</summary>
    private static void Largest(float* made)
    {
        for (var y = 0; y < Made / 2; y++)
        {
            for (var x = 0; x < Made / 2; x++)
            {
                var window = made + (((2 * y * Made) + (2 * x)) * Lanes);
                var upper = Vector512.Max(Vector512.Load(window), Vector512.Load(window + Lanes));
                var lower = Vector512.Max(Vector512.Load(window + (Made * Lanes)), Vector512.Load(window + ((Made + 1) * Lanes)));
                Vector512.Max(upper, lower).Store(made + (((y * Made) + x) * Lanes));
            }
        }
    }
}
