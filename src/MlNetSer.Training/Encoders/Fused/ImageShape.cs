namespace MlNetSer.Training;

/// <summary>Images that lie in memory point by point, all channels of a point side by side, and the windows of which each becomes one point.</summary>
/// <param name="Count">How many images.</param>
/// <param name="Groups">In how many equal parts, one after the other, of which each is a batch of its own for batch norm.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Points of a row.</param>
/// <param name="Channels">Channels of a point: a multiple of <see cref="Lanes"/>.</param>
/// <param name="Window">What becomes one point.</param>
internal readonly record struct ImageShape(int Count, int Groups, int Height, int Width, int Channels, PoolWindow Window)
{
    /// <summary>Channels that are computed at once.</summary>
    public const int Lanes = 16;

    /// <summary>Rows of what comes out; what does not fill a window is left out.</summary>
    public int PooledHeight => ((Height + (2 * Window.Padding) - Window.Height) / Window.StrideHeight) + 1;

    /// <summary>Points of its rows.</summary>
    public int PooledWidth => ((Width + (2 * Window.Padding) - Window.Width) / Window.StrideWidth) + 1;

    /// <summary>Points that the statistics of a group are taken over.</summary>
    public long GroupPoints => (long)Count / Groups * Points;

    /// <summary>Points of an image.</summary>
    public int Points => Height * Width;

    /// <summary>Points of what comes out of it.</summary>
    public int PooledPoints => PooledHeight * PooledWidth;

    /// <summary>Values of an image.</summary>
    public int Values => Points * Channels;

    /// <summary>Values of what comes out of it.</summary>
    public int PooledValues => PooledPoints * Channels;

    /// <summary>The group of an image.</summary>
    public int Group(int image) => image / (Count / Groups);
}
