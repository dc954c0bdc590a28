namespace MlNetSer;

/// <summary>Transforms tiles of images, which may reach over their edges.</summary>
internal static unsafe class TileReader
{
    private const int Tile = WinogradTransforms.Tile;

    /// <summary>Transforms some tiles of a batch, each after the one before.</summary>
    /// <param name="images">[images, height, width, channels].</param>
    /// <param name="grid">Their shape.</param>
    /// <param name="channels">A multiple of 16.</param>
    /// <param name="first">The first tile, counted through all images.</param>
    /// <param name="count">How many.</param>
    /// <param name="transformed">Receives them: 36 times [count, channels].</param>
    /// <param name="position">Values from a position to the next.</param>
    /// <param name="edge">Room for a tile.</param>
    public static void Read<TPrecision, TStored>(
        TStored* images, TileGrid grid, int channels, long first, int count, float* transformed, nint position, AlignedMemory edge)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        var row = (nint)grid.Width * channels;
        for (var i = 0; i < count; i++, transformed += channels)
        {
            var (image, tile) = Math.DivRem(first + i, grid.Tiles);
            var (down, across) = Math.DivRem((int)tile, grid.Columns);
            var (top, left) = ((down * WinogradTransforms.Made) - grid.Top, (across * WinogradTransforms.Made) - grid.Left);
            var from = images + ((nint)image * grid.Height * row);
            if (top >= 0 && left >= 0 && top + Tile <= grid.Height && left + Tile <= grid.Width)
            {
                var corner = from + (top * row) + ((nint)left * channels);
                for (var c = 0; c < channels; c += WinogradTransforms.Lanes)
                    WinogradTransforms.Input<TPrecision, TStored>(corner + c, row, channels, transformed + c, position);
                continue;
            }
            var copy = (TStored*)edge.Reserve((long)Tile * Tile * channels);
            Copy(from, grid, top, left, channels, copy);
            for (var c = 0; c < channels; c += WinogradTransforms.Lanes)
                WinogradTransforms.Input<TPrecision, TStored>(copy + c, Tile * channels, channels, transformed + c, position);
        }
    }

    private static void Copy<TStored>(TStored* image, TileGrid grid, int top, int left, int channels, TStored* copy)
        where TStored : unmanaged
    {
        new Span<TStored>(copy, Tile * Tile * channels).Clear();
        var (begin, end) = (Math.Max(left, 0), Math.Min(left + Tile, grid.Width));
        if (begin >= end) return;
        for (var y = Math.Max(top, 0); y < Math.Min(top + Tile, grid.Height); y++)
        {
            var from = image + ((((nint)y * grid.Width) + begin) * channels);
            var to = copy + ((((y - top) * Tile) + begin - left) * channels);
            new ReadOnlySpan<TStored>(from, (end - begin) * channels).CopyTo(new Span<TStored>(to, (end - begin) * channels));
        }
    }
}
