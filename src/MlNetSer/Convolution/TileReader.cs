namespace MlNetSer;

/// <summary>Tiles of one kind: where they lie in images, and what they are transformed to.</summary>
internal unsafe interface ITile
{
    /// <summary>Rows and columns of a tile.</summary>
    static abstract int Side { get; }

    /// <summary>Rows and points of a row of the images in which such tiles lie.</summary>
    static abstract (int Height, int Width) Size(TileGrid grid);

    /// <summary>Rows and points of a row by which the first tile begins before the image.</summary>
    static abstract (int Top, int Left) Before(TileGrid grid);

    /// <summary>Transforms sixteen channels of one.</summary>
    static abstract void Transform<TPrecision, TStored>(TStored* image, nint row, nint column, float* transformed, nint position)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged;
}

/// <summary>The 6 x 6 points that a tile is made from.</summary>
internal readonly unsafe struct InputTile : ITile
{
    public static int Side => WinogradTransforms.Tile;

    public static (int Height, int Width) Size(TileGrid grid) => (grid.Height, grid.Width);

    public static (int Top, int Left) Before(TileGrid grid) => (grid.Top, grid.Left);

    public static void Transform<TPrecision, TStored>(TStored* image, nint row, nint column, float* transformed, nint position)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged => WinogradTransforms.Input<TPrecision, TStored>(image, row, column, transformed, position);
}

/// <summary>The gradient of the 4 x 4 points that a tile makes.</summary>
internal readonly unsafe struct GradientTile : ITile
{
    public static int Side => WinogradTransforms.Made;

    public static (int Height, int Width) Size(TileGrid grid) => (grid.OutputHeight, grid.OutputWidth);

    public static (int Top, int Left) Before(TileGrid grid) => default;

    public static void Transform<TPrecision, TStored>(TStored* image, nint row, nint column, float* transformed, nint position)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged => WinogradTransforms.OutputGradient<TPrecision, TStored>(image, row, column, transformed, position);
}

/// <summary>Transforms tiles of images, which may reach over their edges: there is nothing but zeros.</summary>
internal static unsafe class TileReader<TTile, TPrecision, TStored>
    where TTile : struct, ITile
    where TPrecision : struct, IPrecision<TStored>
    where TStored : unmanaged
{
    /// <summary>Transforms some tiles of a batch, each after the one before.</summary>
    /// <param name="images">[images, height, width, channels].</param>
    /// <param name="grid">The convolution's shape.</param>
    /// <param name="channels">A multiple of 16.</param>
    /// <param name="first">The first tile, counted through all images.</param>
    /// <param name="count">How many.</param>
    /// <param name="transformed">Receives them: 36 times [count, channels].</param>
    /// <param name="position">Values from a position to the next.</param>
    /// <param name="edge">Room for a tile.</param>
    public static void Read(TStored* images, TileGrid grid, int channels, long first, int count, float* transformed, nint position, AlignedMemory edge)
    {
        var ((height, width), before, side) = (TTile.Size(grid), TTile.Before(grid), TTile.Side);
        var row = (nint)width * channels;
        for (var i = 0; i < count; i++, transformed += channels)
        {
            var (image, tile) = Math.DivRem(first + i, grid.Tiles);
            var (down, across) = Math.DivRem((int)tile, grid.Columns);
            var (top, left) = ((down * WinogradTransforms.Made) - before.Top, (across * WinogradTransforms.Made) - before.Left);
            var from = images + ((nint)image * height * row);
            if (top >= 0 && left >= 0 && top + side <= height && left + side <= width)
            {
                Transform(from + (top * row) + ((nint)left * channels), row, channels, transformed, position);
                continue;
            }
            var copy = (TStored*)edge.Reserve((long)side * side * channels);
            Copy(from, height, width, top, left, channels, copy);
            Transform(copy, side * channels, channels, transformed, position);
        }
    }

    private static void Transform(TStored* corner, nint row, int channels, float* transformed, nint position)
    {
        for (var c = 0; c < channels; c += WinogradTransforms.Lanes) TTile.Transform<TPrecision, TStored>(corner + c, row, channels, transformed + c, position);
    }

    private static void Copy(TStored* image, int height, int width, int top, int left, int channels, TStored* copy)
    {
        var side = TTile.Side;
        var (begin, end) = (Math.Clamp(left, 0, width), Math.Clamp(left + side, 0, width));
        for (var y = top; y < top + side; y++)
        {
            var row = new Span<TStored>(copy + ((nint)(y - top) * side * channels), side * channels);
            if (y < 0 || y >= height || begin == end)
            {
                row.Clear();
                continue;
            }
            var (before, after) = ((begin - left) * channels, (end - left) * channels);
            row[..before].Clear();
            new ReadOnlySpan<TStored>(image + ((((nint)y * width) + begin) * channels), after - before).CopyTo(row[before..]);
            row[after..].Clear();
        }
    }
}
