using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// The CRNN encoder: three 5 x 5 convolutions of 128 channels with batch norm, ReLU and max pooling (2 x 5, 2 x 4, 2 x 2: time x band), a
/// bidirectional GRU of 64 units over time, and the product of both directions' output at the last step.
/// </summary>
internal sealed class CrnnEncoder : SoundEncoder
{
    /// <summary>"crnn".</summary>
    public const string ArchitectureName = "crnn";

    private const int Channels = 128;
    private const int Units = 64;

    // What the three poolings leave of 96 bands.
    private const int Bands = 96 / (5 * 4 * 2);

    private readonly ConvBlock block1, block2, block3;
    private readonly GRU gru;

    /// <summary>An untrained encoder, its weights drawn from <paramref name="seed"/>.</summary>
    public CrnnEncoder(long seed)
        : base(ArchitectureName, embeddingSize: Units)
    {
        block1 = new ConvBlock(1, Channels, kernel: 5, pool: (2, 5));
        block2 = new ConvBlock(Channels, Channels, kernel: 5, pool: (2, 4));
        block3 = new ConvBlock(Channels, Channels, kernel: 5, pool: (2, 2));
        gru = nn.GRU(Bands * Channels, Units, batchFirst: true, bidirectional: true);
        RegisterComponents();
        using var generator = new Generator((ulong)seed);
        WeightInit.UniformFanIn(this, generator);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var x = block3.call(block2.call(block1.call(input)));
        // [P, channel, time, band] to [P, time, band and channel]
        var (steps, _) = gru.call(x.permute(0, 2, 3, 1).flatten(2).to(float32));
        var last = steps.select(1, -1);
        return last.narrow(1, 0, Units) * last.narrow(1, Units, Units);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var g = onnx.Graph;
        var x = g.Transpose(onnx.Apply(inputs[0], block1, block2, block3), 0, 2, 3, 1);
        var steps = onnx.Call(gru, g.Reshape(x, 0, 0, Bands * Channels))[0];
        var last = g.Squeeze(g.Slice(steps, 1, -1, long.MaxValue), 1);
        return [g.Slice(last, 1, 0, Units) * g.Slice(last, 1, Units, 2 * Units)];
    }
}
