namespace MlNetSer.Training;

/// <summary>A tensor of a checkpoint: its values in C order, whatever number type and strides the file had.</summary>
/// <remarks>Integers beyond 2^24 and doubles are rounded to the nearest float.</remarks>
public sealed class CheckpointTensor
{
    internal CheckpointTensor(long[] shape, float[] values)
    {
        Shape = shape;
        Values = values;
    }

    /// <summary>Its dimensions; none for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Its values in C order, as many as the product of <see cref="Shape"/>.</summary>
    public float[] Values { get; }
}
