using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// An encoder that is none of the paper's: three 3 x 3 convolutions with batch norm, ReLU and 2 x 2 max pooling, then a dense layer over
/// all channels and bands of each frame, and mean and maximum over the frames. Bands are never pooled away, so that it tells vowels and
/// pitches apart where the paper's encoders hear textures, for a fifth of the VGG-like encoder's work.
/// </summary>
internal sealed class FrameEncoder : SoundEncoder
{
    /// <summary>"frame".</summary>
    public const string ArchitectureName = "frame";

    private const int Channels = 64;
    private const int Units = 1024;

    // What three poolings leave of 96 bands.
    private const int Bands = 96 / (2 * 2 * 2);

    private readonly ConvBlock block1, block2, block3, dense;

    /// <summary>An untrained encoder, its weights drawn from <paramref name="seed"/>.</summary>
    public FrameEncoder(long seed)
        : base(ArchitectureName, embeddingSize: 2 * Units)
    {
        block1 = new ConvBlock(1, Channels, pool: (2, 2));
        block2 = new ConvBlock(Channels, Channels, pool: (2, 2));
        block3 = new ConvBlock(Channels, Channels, pool: (2, 2));
        dense = ConvBlock.OverBands(Channels, Bands, Units);
        RegisterComponents();
        using var generator = new Generator((ulong)seed);
        WeightInit.UniformFanIn(this, generator);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var frames = dense.call(block3.call(block2.call(block1.call(input)))).to(float32);
        return cat([frames.mean([2, 3]), frames.amax([2, 3])], dim: 1);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var g = onnx.Graph;
        var frames = onnx.Apply(inputs[0], block1, block2, block3, dense);
        return [g.Concat(1, g.ReduceMean(frames, [2, 3], keepDimensions: false), g.ReduceMax(frames, [2, 3], keepDimensions: false))];
    }
}
