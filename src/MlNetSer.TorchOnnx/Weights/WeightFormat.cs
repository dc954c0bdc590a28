namespace MlNetSer.TorchOnnx;

#pragma warning disable CA1720 // The formats have the names of the element types that they store.

/// <summary>
/// How the weights of convolutions, linear, bilinear, recurrent and attention layers and embeddings are stored. Biases, norms and whatever
/// else is small stay float32 in any case, and so do all computations but the integer products named below.
/// </summary>
public enum WeightFormat
{
    /// <summary>As they are.</summary>
    Float32,

    /// <summary>Half the size; widened when the model is loaded. Within about 0.1 % of the float32 model.</summary>
    Float16,

    /// <summary>
    /// A quarter of the size: 8 bits with one scale per output channel. Linear and attention layers then quantise their input as it comes
    /// (one scale per call, so an item's result depends a little on the others in its batch) and multiply integers; other layers widen their
    /// weights when they run. Usually within a few percent of the float32 model.
    /// </summary>
    Int8,
}
