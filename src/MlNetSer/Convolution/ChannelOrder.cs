namespace MlNetSer;

/// <summary>Between images channel by channel, as ONNX has them, and point by point.</summary>
internal static unsafe class ChannelOrder
{
    /// <summary>[<paramref name="channels"/>, <paramref name="points"/>] to [<paramref name="points"/>, <paramref name="channels"/>].</summary>
    /// <param name="image">The first channel's first point.</param>
    /// <param name="plane">Values from a channel to the next.</param>
    /// <param name="channels">How many.</param>
    /// <param name="points">How many of each.</param>
    /// <param name="to">Receives them without gaps.</param>
    public static void ToPoints(float* image, nint plane, int channels, int points, float* to) => Transpose(image, plane, channels, points, to, channels);

    /// <summary>[<paramref name="points"/>, <paramref name="channels"/>] to [<paramref name="channels"/>, <paramref name="points"/>].</summary>
    /// <param name="image">Points without gaps.</param>
    /// <param name="points">How many.</param>
    /// <param name="channels">How many of each.</param>
    /// <param name="to">Receives the first channel's first point.</param>
    /// <param name="plane">Values from a channel to the next there.</param>
    public static void ToChannels(float* image, int points, int channels, float* to, nint plane) => Transpose(image, channels, points, channels, to, plane);

    private static void Transpose(float* from, nint row, int rows, int columns, float* to, nint column)
    {
        var (wholeRows, wholeColumns) = (rows / Square.Side * Square.Side, columns / Square.Side * Square.Side);
        for (nint y = 0; y < wholeRows; y += Square.Side)
        {
            for (nint x = 0; x < wholeColumns; x += Square.Side) Square.Transpose(from + (y * row) + x, row, to + (x * column) + y, column);
        }
        Rest(0, wholeRows, wholeColumns, columns);
        Rest(wholeRows, rows, 0, columns);

        void Rest(int top, int bottom, int left, int right)
        {
            for (nint x = left; x < right; x++)
            {
                for (nint y = top; y < bottom; y++) to[(x * column) + y] = from[(y * row) + x];
            }
        }
    }
}
