namespace MlNetSer;

/// <summary>The images of a 3 x 3 convolution, point by point with all channels of a point side by side, and the tiles of 4 x 4 points that come out of it.</summary>
/// <param name="Height">Rows that go in.</param>
/// <param name="Width">Points of a row that go in.</param>
/// <param name="Top">Rows of zeros before them.</param>
/// <param name="Left">Zeros before each row.</param>
/// <param name="Bottom">Rows of zeros after them.</param>
/// <param name="Right">Zeros after each row.</param>
internal readonly record struct TileGrid(int Height, int Width, int Top, int Left, int Bottom, int Right)
{
    /// <summary>Images with a zero around them, which keep their size.</summary>
    public static TileGrid Same(int height, int width) => new(height, width, 1, 1, 1, 1);

    /// <summary>Rows that come out; below 1 there is nothing to compute.</summary>
    public int OutputHeight => Height + Top + Bottom - 2;

    /// <summary>Points of a row that come out.</summary>
    public int OutputWidth => Width + Left + Right - 2;

    /// <summary>Tiles side by side.</summary>
    public int Columns => (OutputWidth + WinogradTransforms.Made - 1) / WinogradTransforms.Made;

    /// <summary>Tiles of an image.</summary>
    public int Tiles => (OutputHeight + WinogradTransforms.Made - 1) / WinogradTransforms.Made * Columns;
}
