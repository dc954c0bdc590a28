namespace MlNetSer;

/// <summary>Transformed filters, in the order in which products with tiles read them.</summary>
internal sealed unsafe class WinogradFilters : IDisposable
{
    private readonly AlignedMemory _memory = new();

    /// <summary>Channels that go in.</summary>
    public int Inputs { get; private set; }

    /// <summary>Channels that come out.</summary>
    public int Outputs { get; private set; }

    /// <summary>Channels that are computed together.</summary>
    public int Columns { get; private set; }

    /// <summary>Makes room for filters, whose values are then undefined.</summary>
    /// <param name="inputs">Channels that go in: a multiple of 16.</param>
    /// <param name="outputs">Channels that come out: a multiple of 32.</param>
    public void Reserve(int inputs, int outputs)
    {
        (Inputs, Outputs) = (inputs, outputs);
        Columns = outputs % TileProducts.WideColumns == 0 ? TileProducts.WideColumns : TileProducts.NarrowColumns;
        _memory.Reserve((long)WinogradTransforms.Positions * inputs * outputs);
    }

    /// <summary>Transforms the filters of one input channel. Several threads may do so for different ones.</summary>
    /// <param name="filters">[9, outputs].</param>
    /// <param name="turned">Whether the filters are to be turned around, as they are for the gradient of what goes in.</param>
    /// <param name="input">The channel.</param>
    public void Set(float* filters, bool turned, int input)
    {
        const int Weights = WinogradTransforms.Side * WinogradTransforms.Side;
        nint weight = turned ? -Outputs : Outputs;
        var first = turned ? filters + ((nint)(Weights - 1) * Outputs) : filters;
        for (var output = 0; output < Outputs; output += WinogradTransforms.Lanes)
        {
            var to = At(output / Columns * Columns) + ((nint)input * Columns) + (output % Columns);
            WinogradTransforms.Filter(first + output, weight, to, (nint)Inputs * Columns);
        }
    }

    /// <summary>The filters of <see cref="Columns"/> output channels from one on: 36 times [inputs, columns].</summary>
    public float* At(int output) => _memory.First + ((nint)output * WinogradTransforms.Positions * Inputs);

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}
