using System.Runtime.CompilerServices;

namespace MlNetSer;

/// <summary>Between images channel by channel, as ONNX has them, and point by point.</summary>
internal static unsafe class ChannelOrder
{
    // A block's lines of both orders stay in the first cache.
    private const int Block = 16;

    /// <summary>[<paramref name="channels"/>, <paramref name="points"/>] to [<paramref name="points"/>, <paramref name="channels"/>].</summary>
    public static void ToPoints(float* image, int channels, int points, float* to) => Transpose(image, channels, points, to);

    /// <summary>[<paramref name="points"/>, <paramref name="channels"/>] to [<paramref name="channels"/>, <paramref name="points"/>].</summary>
    public static void ToChannels(float* image, int points, int channels, float* to) => Transpose(image, points, channels, to);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(float* from, int rows, int columns, float* to)
    {
        for (var top = 0; top < rows; top += Block)
        {
            var bottom = Math.Min(top + Block, rows);
            for (var left = 0; left < columns; left += Block)
            {
                var right = Math.Min(left + Block, columns);
                for (var x = left; x < right; x++)
                {
                    for (var y = top; y < bottom; y++) to[((nint)x * rows) + y] = from[((nint)y * columns) + x];
                }
            }
        }
    }
}
