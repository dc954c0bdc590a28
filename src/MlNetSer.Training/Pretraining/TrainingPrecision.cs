using System.Text.Json.Serialization;

namespace MlNetSer.Training;

/// <summary>The precision in which an encoder's convolutions, and the values between them, are computed while it is trained.</summary>
public enum TrainingPrecision
{
    /// <summary>32 bits throughout.</summary>
    [JsonStringEnumMemberName("float32")]
    Full,

    /// <summary>
    /// 16 bits with the exponent range of float32, about twice as fast on processors with AVX-512 BF16 or AMX. Weights, their updates, the projection
    /// head and the loss stay in float32.
    /// </summary>
    [JsonStringEnumMemberName("bfloat16")]
    BFloat16,
}
