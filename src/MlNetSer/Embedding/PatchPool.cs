using System.Numerics.Tensors;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>A clip's vector out of its patches' vectors, which come a few at a time.</summary>
internal sealed class PatchPool(ClipPooling pooling, int size)
{
    private readonly double[] _sums = new double[pooling is ClipPooling.Mean ? size : 0];
    private readonly float[] _largest = pooling is ClipPooling.Maximum ? [.. Enumerable.Repeat(float.NegativeInfinity, size)] : [];
    private long _count;

    /// <summary>Takes whole vectors, one after the other.</summary>
    public void Add(ReadOnlySpan<float> vectors)
    {
        for (; !vectors.IsEmpty; vectors = vectors[size..])
        {
            var vector = vectors[..size];
            _count++;
            if (pooling is ClipPooling.Maximum) TensorPrimitives.Max(_largest, vector, _largest);
            else for (var i = 0; i < size; i++) _sums[i] += vector[i];
        }
    }

    public void Write(Span<float> destination)
    {
        if (pooling is ClipPooling.Maximum) _largest.CopyTo(destination);
        else for (var i = 0; i < size; i++) destination[i] = (float)(_sums[i] / _count);
    }
}
