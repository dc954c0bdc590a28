namespace MlNetSer.Onnx;

/// <summary>
/// Convolutions in 8-bit integers (static quantisation): activations as unsigned bytes with a scale that is fixed beforehand, weights as
/// signed bytes with a scale for each output channel, sums in 32 bits. About twice as fast as float32 where a processor has instructions for it, at a
/// loss of some tenths of a per cent in the values.
/// </summary>
/// <remarks>
/// Quantised are convolutions with constant weights and more than one channel to read; with them goes a ReLU behind one, and max pooling. Everything else
/// stays in float32. Weights use 7 of their 8 bits: sums of two products then fit into the 16 bits in which processors without VNNI add them up, so that
/// every processor gets the same numbers.
/// </remarks>
public static class StaticQuantisation
{
    /// <summary>The values of which <see cref="Apply"/> must know the ranges.</summary>
    /// <param name="model">The model that shall be quantised.</param>
    /// <returns>Names, in the order of the nodes; none if no convolution can be quantised.</returns>
    public static IReadOnlyList<string> Activations(OnnxModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var names = new List<string>();
        _ = new IntegerGraph(model, name =>
        {
            if (!names.Contains(name)) names.Add(name);
            return default;
        }).Result();
        return names;
    }

    /// <summary>The model with the values of <see cref="Activations"/> as its only outputs, in that order: run it on typical inputs to find their ranges.</summary>
    /// <param name="model">The model. It is not changed.</param>
    /// <exception cref="ArgumentException">There is nothing to quantise.</exception>
    public static OnnxModel Observed(OnnxModel model)
    {
        var names = Activations(model);
        if (names.Count == 0) throw new ArgumentException($"'{model.Name}' has no convolution that could be quantised", nameof(model));
        var observed = model.Clone();
        observed.Proto.Graph.Output.Clear();
        observed.Proto.Graph.Output.AddRange(names.Select(name => new OnnxValueInfo(name, OnnxElementType.Float32, null).ToProto()));
        return observed;
    }

    /// <summary>The model with its convolutions in 8-bit integers.</summary>
    /// <param name="model">The model. It is not changed.</param>
    /// <param name="ranges">The range of each of <see cref="Activations"/>.</param>
    /// <exception cref="ArgumentException">A range is missing, is not finite or has its ends the wrong way round.</exception>
    public static OnnxModel Apply(OnnxModel model, IReadOnlyDictionary<string, ActivationRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(ranges);
        return new IntegerGraph(model, Range).Result();

        ActivationRange Range(string name)
        {
            if (!ranges.TryGetValue(name, out var range)) throw new ArgumentException($"the range of '{name}' is missing", nameof(ranges));
            return float.IsFinite(range.Low) && float.IsFinite(range.High) && range.Low <= range.High
                ? range
                : throw new ArgumentException($"the range of '{name}' is {range.Low} to {range.High}; expected two numbers, the lower one first", nameof(ranges));
        }
    }
}
