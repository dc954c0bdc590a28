namespace MlNetSer.Training;

/// <summary>The windows of max pooling; a window of one point is no pooling.</summary>
/// <param name="Height">Rows of a window.</param>
/// <param name="Width">Points of its rows.</param>
internal readonly record struct PoolWindow(int Height, int Width)
{
    /// <summary>Each point by itself.</summary>
    public static PoolWindow Point => new(1, 1);

    /// <summary>Rows from one window to the next.</summary>
    public int StrideHeight { get; init; } = Height;

    /// <summary>Points from one window to the next.</summary>
    public int StrideWidth { get; init; } = Width;

    /// <summary>Rows and points that windows reach beyond an image on each side, of which none is ever the largest.</summary>
    public int Padding { get; init; }
}
