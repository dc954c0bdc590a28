using System.Runtime.Intrinsics;

namespace MlNetSer;

/// <summary>
/// A 3 x 3 convolution of stride 1 by Winograd's minimal filtering, with a quarter of the multiplications of a direct one. Several threads may run it at once, each with
/// scratch memory of its own; what comes out does not depend on how many images go in together.
/// </summary>
internal sealed unsafe class WinogradConvolution : IDisposable
{
    /// <summary>Tiles whose products with a filter are taken at once: a multiple of the rows of either product, and few enough for the second cache.</summary>
    private const int TilesAtOnce = 48;

    // Positions that lie a power of two apart would share the same few places of the first cache.
    private const int Gap = 16;

    private readonly AlignedMemory _filters;
    private readonly AlignedMemory _bias;
    private readonly int _inputs, _outputs, _columns;

    /// <summary>Transforms filters.</summary>
    /// <param name="inputs">Channels that go in: a multiple of 16.</param>
    /// <param name="outputs">Channels that come out: a multiple of 32.</param>
    /// <param name="filters">[<paramref name="outputs"/>, <paramref name="inputs"/>, 3, 3].</param>
    /// <param name="bias">One for each channel that comes out, or empty.</param>
    public WinogradConvolution(int inputs, int outputs, ReadOnlySpan<float> filters, ReadOnlySpan<float> bias)
    {
        (_inputs, _outputs) = (inputs, outputs);
        _columns = outputs % TileProducts.WideColumns == 0 ? TileProducts.WideColumns : TileProducts.NarrowColumns;
        _bias = new(outputs);
        bias.CopyTo(new(_bias.First, outputs));
        _filters = new((long)WinogradTransforms.Positions * inputs * outputs);
        Span<float> transformed = stackalloc float[WinogradTransforms.Positions];
        for (var output = 0; output < outputs; output++)
        {
            for (var input = 0; input < inputs; input++)
            {
                WinogradTransforms.Filter(filters.Slice(((output * inputs) + input) * 9, 9), transformed);
                var (block, column) = Math.DivRem(output, _columns);
                for (var p = 0; p < transformed.Length; p++)
                    _filters.First[((((((nint)block * WinogradTransforms.Positions) + p) * inputs) + input) * _columns) + column] = transformed[p];
            }
        }
    }

    /// <summary>Whether it can be computed so, and fast: where processors have the instructions, and with whole registers of channels.</summary>
    public static bool Fits(long inputs, long outputs) =>
        Vector512.IsHardwareAccelerated && inputs % WinogradTransforms.Lanes == 0 && outputs % TileProducts.NarrowColumns == 0;

    /// <summary>Convolves images.</summary>
    /// <param name="images">[<paramref name="count"/>, height, width, inputs].</param>
    /// <param name="count">How many.</param>
    /// <param name="grid">Their shape.</param>
    /// <param name="output">Receives [<paramref name="count"/>, output height, output width, outputs], or half of both with pooling.</param>
    /// <param name="finish">What is done with the points.</param>
    /// <param name="scratch">Memory that no other thread uses meanwhile.</param>
    public void Run<TPrecision, TStored>(TStored* images, int count, TileGrid grid, TStored* output, Finish finish, WinogradScratch scratch)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        var tiles = (long)count * grid.Tiles;
        var most = TilesAtOnce;
        var transformed = scratch.Tiles.Reserve(WinogradTransforms.Positions * (((long)most * _inputs) + Gap));
        var products = scratch.Products.Reserve(WinogradTransforms.Positions * (((long)most * _columns) + Gap));
        var rows = _columns == TileProducts.WideColumns ? TileProducts.WideRows : TileProducts.NarrowRows;
        for (var first = 0L; first < tiles; first += most)
        {
            var some = (int)Math.Min(most, tiles - first);
            // What the products' last rows read beyond the tiles is from before, and what they make of it is not looked at.
            var padded = (some + rows - 1) / rows * rows;
            var (position, productPosition) = ((nint)((padded * _inputs) + Gap), (nint)((padded * _columns) + Gap));
            TileReader.Read<TPrecision, TStored>(images, grid, _inputs, first, some, transformed, position, scratch.Edge);
            for (var channel = 0; channel < _outputs; channel += _columns)
            {
                var filters = _filters.First + ((nint)channel * WinogradTransforms.Positions * _inputs);
                for (var p = 0; p < WinogradTransforms.Positions; p++, filters += _inputs * _columns)
                    Multiply(transformed + (p * position), filters, padded, products + (p * productPosition));
                TileWriter.Write<TPrecision, TStored>(
                    products, productPosition, _columns, _bias.First + channel, finish, grid, first, some, output + channel, _outputs);
            }
        }
    }

    /// <summary>Frees the filters.</summary>
    public void Dispose()
    {
        _filters.Dispose();
        _bias.Dispose();
    }

    private void Multiply(float* tiles, float* filters, int count, float* products)
    {
        if (_columns == TileProducts.WideColumns)
        {
            for (nint t = 0; t < count; t += TileProducts.WideRows)
                TileProducts.Wide(tiles + (t * _inputs), filters, _inputs, products + (t * TileProducts.WideColumns));
            return;
        }
        for (nint t = 0; t < count; t += TileProducts.NarrowRows)
            TileProducts.Narrow(tiles + (t * _inputs), filters, _inputs, products + (t * TileProducts.NarrowColumns));
    }
}
