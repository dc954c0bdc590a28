using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// The VGG-like encoder: six 3 x 3 convolutions (32, 32, 32, 64, 64, 128 channels) with batch norm and ReLU, max pooling after
/// the third, fifth and sixth; global maximum and average concatenated; a linear layer with ReLU to 512.
/// </summary>
internal sealed class VggEncoder : SoundEncoder
{
    /// <summary>"vgg".</summary>
    public const string ArchitectureName = "vgg";

    private readonly ConvBlock block1, block2, block3, block4, block5, block6;
    private readonly Linear dense;

    /// <summary>An untrained encoder, its weights drawn from <paramref name="seed"/>.</summary>
    public VggEncoder(long seed)
        : base(ArchitectureName, embeddingSize: 512)
    {
        block1 = new ConvBlock(1, 32);
        block2 = new ConvBlock(32, 32);
        block3 = new ConvBlock(32, 32, pool: (2, 2));
        block4 = new ConvBlock(32, 64);
        block5 = new ConvBlock(64, 64, pool: (2, 2));
        block6 = new ConvBlock(64, 128, pool: (2, 2));
        dense = nn.Linear(2 * 128, EmbeddingSize);
        RegisterComponents();
        using var generator = new Generator((ulong)seed);
        WeightInit.UniformFanIn(this, generator);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var x = Blocks.Aggregate(input, (features, block) => block.call(features)).to(float32);
        var pooled = cat([x.amax([2, 3]), x.mean([2, 3])], dim: 1);
        return dense.call(pooled).relu_();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var x = onnx.Apply(inputs[0], [.. Blocks]);
        var pooled = onnx.Graph.Concat(1, onnx.Graph.ReduceMax(x, [2, 3], keepDimensions: false), onnx.Graph.ReduceMean(x, [2, 3], keepDimensions: false));
        return [onnx.Graph.Relu(onnx.Apply(pooled, dense))];
    }

    private ConvBlock[] Blocks => [block1, block2, block3, block4, block5, block6];
}
