namespace MlNetSer;

/// <summary>Memory that a convolution works in, for one thread.</summary>
internal sealed class WinogradScratch : IDisposable
{
    /// <summary>Transformed tiles.</summary>
    public AlignedMemory Tiles { get; } = new();

    /// <summary>Their products with filters.</summary>
    public AlignedMemory Products { get; } = new();

    /// <summary>A tile that reaches over the edge, with zeros there.</summary>
    public AlignedMemory Edge { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        Tiles.Dispose();
        Products.Dispose();
        Edge.Dispose();
    }
}
