namespace MlNetSer.Training;

#pragma warning disable CA1720 // The kinds of arithmetic have the names of the element types that they work on.

/// <summary>What an exported encoder computes in. The front end computes in float32 in any case.</summary>
public enum EncoderArithmetic
{
    /// <summary>As it was trained.</summary>
    Float32,

    /// <summary>
    /// Convolutions in 8-bit integers (<see cref="Onnx.StaticQuantisation"/>), about twice as fast. The ranges of the activations are measured on
    /// synthesised sound, so that no recording is needed.
    /// </summary>
    Int8,
}
