namespace MlNetSer;

/// <summary>
/// The gradient of a 3 x 3 convolution's filters by Winograd's minimal filtering: transformed tiles of what went in times those of what came out's gradient, summed over all tiles. Work is in two kinds of
/// pieces, of which several threads may take different ones at once: transform all tiles of a block, then sum up all positions of it.
/// </summary>
internal sealed unsafe class FilterGradient : IDisposable
{
    /// <summary>Tiles that are transformed in one piece of work.</summary>
    public const int TilesOfPiece = 16;

    // Tiles whose products are summed in registers: both factors stay in the first cache.
    private const int TilesOfSum = 64;

    // Of both kinds of tiles in a block, so that it stays in the last cache; but sums that do not stay there themselves are worth some tiles.
    private const int MostValues = 2 << 20;
    private const int FewestTiles = 128, MostTiles = 512;

    private readonly AlignedMemory _tiles = new();
    private readonly AlignedMemory _gradients = new();
    private readonly AlignedMemory _sums = new();
    private int _inputs, _outputs;

    /// <summary>Tiles of a block.</summary>
    public int TilesOfBlock { get; private set; }

    private nint TilePosition => ((nint)TilesOfBlock * _inputs) + WinogradConvolution.Gap;

    private nint GradientPosition => ((nint)TilesOfBlock * _outputs) + WinogradConvolution.Gap;

    /// <summary>Begins with a gradient of 0.</summary>
    /// <param name="inputs">Channels that went in: a multiple of 16.</param>
    /// <param name="outputs">Channels that came out: a multiple of 32.</param>
    public void Begin(int inputs, int outputs)
    {
        (_inputs, _outputs) = (inputs, outputs);
        TilesOfBlock = Math.Clamp(MostValues / WinogradTransforms.Positions / (inputs + outputs) / TilesOfPiece * TilesOfPiece, FewestTiles, MostTiles);
        _tiles.Reserve(WinogradTransforms.Positions * TilePosition);
        _gradients.Reserve(WinogradTransforms.Positions * GradientPosition);
        var length = (nint)WinogradTransforms.Positions * inputs * outputs;
        var sums = _sums.Reserve(length);
        for (nint p = 0; p < WinogradTransforms.Positions; p++) new Span<float>(sums + (p * inputs * outputs), inputs * outputs).Clear();
    }

    /// <summary>Transforms a piece of a block.</summary>
    /// <param name="images">What went in.</param>
    /// <param name="gradients">The gradient of what came out.</param>
    /// <param name="grid">Their shape.</param>
    /// <param name="block">The block's first tile, counted through all images.</param>
    /// <param name="piece">The piece's first tile, counted from there.</param>
    /// <param name="count">How many tiles.</param>
    /// <param name="edge">Memory that no other thread uses meanwhile.</param>
    public void Transform<TPrecision, TStored>(TStored* images, TStored* gradients, TileGrid grid, long block, int piece, int count, AlignedMemory edge)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        TileReader<InputTile, TPrecision, TStored>.Read(
            images, grid, _inputs, block + piece, count, _tiles.First + ((nint)piece * _inputs), TilePosition, edge);
        TileReader<GradientTile, TPrecision, TStored>.Read(
            gradients, grid, _outputs, block + piece, count, _gradients.First + ((nint)piece * _outputs), GradientPosition, edge);
    }

    /// <summary>Adds a block's products at one position.</summary>
    public void Sum(int position, int count)
    {
        var tiles = _tiles.First + (position * TilePosition);
        var gradients = _gradients.First + (position * GradientPosition);
        var sums = _sums.First + ((nint)position * _inputs * _outputs);
        for (var first = 0; first < count; first += TilesOfSum)
        {
            var some = Math.Min(TilesOfSum, count - first);
            for (var output = 0; output < _outputs; output += TileProducts.OuterColumns)
            {
                for (var input = 0; input < _inputs; input += TileProducts.OuterRows)
                {
                    TileProducts.AddOuter(
                        tiles + ((nint)first * _inputs) + input, _inputs, gradients + ((nint)first * _outputs) + output, _outputs, some,
                        sums + ((nint)input * _outputs) + output, _outputs);
                }
            }
        }
    }

    /// <summary>The gradient of the filters of one input channel.</summary>
    /// <param name="input">The channel.</param>
    /// <param name="filters">Receives [9, outputs].</param>
    public void Get(int input, float* filters)
    {
        for (var output = 0; output < _outputs; output += WinogradTransforms.Lanes)
            WinogradTransforms.FilterGradient(_sums.First + ((nint)input * _outputs) + output, (nint)_inputs * _outputs, filters + output, _outputs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tiles.Dispose();
        _gradients.Dispose();
        _sums.Dispose();
    }
}
