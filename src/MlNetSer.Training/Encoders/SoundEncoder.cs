using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// A network f that turns log-mel patches into embeddings h: [P, 1, 101, 96] (patch, channel, frame, band; normalised
/// log-mel) to [P, <see cref="EmbeddingSize"/>].
/// </summary>
/// <remarks>
/// Patches in bfloat16 are convolved in bfloat16, with weights that stay in float32; embeddings are always float32. As every TorchSharp module it must not be used by two threads at a time while it trains.
/// </remarks>
public abstract class SoundEncoder : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    static SoundEncoder() => TorchRuntime.EnsureLoaded();

    /// <summary>Names the architecture and the size of its embedding.</summary>
    /// <param name="architecture">The name by which <see cref="SoundEncoders.Create"/> knows it.</param>
    /// <param name="embeddingSize">Length of one embedding.</param>
    protected SoundEncoder(string architecture, int embeddingSize)
        : base(architecture)
    {
        Architecture = architecture;
        EmbeddingSize = embeddingSize;
    }

    /// <summary>The name by which <see cref="SoundEncoders.Create"/> knows this network, such as "vgg".</summary>
    public string Architecture { get; }

    /// <summary>Length of one embedding.</summary>
    public int EmbeddingSize { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs);
}
