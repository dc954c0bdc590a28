namespace MlNetSer.TorchOnnx;

/// <summary>A pooling window. What is left out defaults as TorchSharp's does: stride to the window's size, no padding, no dilation.</summary>
internal sealed record PoolingWindow
{
    internal PoolingWindow(long[] kernel, long[]? stride = null, long[]? padding = null, bool ceiling = false, long[]? dilation = null)
    {
        Kernel = kernel;
        Stride = stride is { Length: > 0 } ? stride : kernel;
        Starts = padding is { Length: > 0 } ? padding : new long[kernel.Length];
        Ends = Starts;
        Dilation = dilation is { Length: > 0 } ? dilation : [.. kernel.Select(_ => 1L)];
        Ceiling = ceiling;
    }

    internal long[] Kernel { get; }

    internal long[] Stride { get; }

    /// <summary>How much is padded at the start of every dimension.</summary>
    internal long[] Starts { get; }

    /// <summary>How much is padded at the end of every dimension.</summary>
    internal long[] Ends { get; init; }

    internal long[] Dilation { get; }

    /// <summary>Whether a last window that reaches beyond the padding counts.</summary>
    internal bool Ceiling { get; }

    /// <summary>The number of elements in it.</summary>
    internal long Size => Kernel.Aggregate(1L, (product, size) => product * size);

    /// <summary>Whether the last window would start behind the input, in the padding at the end.</summary>
    internal bool DropsLast(int dimension, long size) => (Windows(dimension, size) - 1) * Stride[dimension] >= size + Starts[dimension];

    /// <summary>How much padding at the end the last window that counts reaches into; negative when it ends before the input does.</summary>
    internal long NeededEnd(int dimension, long size)
    {
        var windows = Windows(dimension, size) - (DropsLast(dimension, size) ? 1 : 0);
        return (windows - 1) * Stride[dimension] + Reach(dimension) - size - Starts[dimension];
    }

    private long Windows(int dimension, long size)
    {
        var room = size + Starts[dimension] + Ends[dimension] - Reach(dimension);
        return (room + Stride[dimension] - 1) / Stride[dimension] + 1;
    }

    private long Reach(int dimension) => Dilation[dimension] * (Kernel[dimension] - 1) + 1;
}
