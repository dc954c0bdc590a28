using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// ResNet-18 for one channel: 7 x 7 stem with stride 2, 3 x 3 max pooling with stride 2, four stages (64, 128, 256, 512 channels) of
/// two residual blocks, global average. Its embedding has 512 numbers.
/// </summary>
internal sealed class ResNet18Encoder : SoundEncoder
{
    /// <summary>"resnet18".</summary>
    public const string ArchitectureName = "resnet18";

    private static readonly PoolWindow StemWindow = new(3, 3) { StrideHeight = 2, StrideWidth = 2, Padding = 1 };

    private readonly Conv2d stem;
    private readonly BatchNorm2d stem_norm;
    private readonly MaxPool2d stem_pool;
    private readonly Sequential stage1, stage2, stage3, stage4;

    /// <summary>An untrained encoder, its weights drawn from <paramref name="seed"/>.</summary>
    public ResNet18Encoder(long seed)
        : base(ArchitectureName, embeddingSize: 512)
    {
        stem = nn.Conv2d(1, 64, kernel_size: 7, stride: 2, padding: 3, bias: false);
        stem_norm = nn.BatchNorm2d(64);
        stem_pool = nn.MaxPool2d(kernel_size: StemWindow.Height, stride: StemWindow.StrideHeight, padding: StemWindow.Padding);
        stage1 = Stage(64, 64, stride: 1);
        stage2 = Stage(64, 128, stride: 2);
        stage3 = Stage(128, 256, stride: 2);
        stage4 = Stage(256, 512, stride: 2);
        RegisterComponents();
        using var generator = new Generator((ulong)seed);
        WeightInit.KaimingFanOut(this, generator);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var convolved = BackwardTape.Convolve(stem, stem_norm, input);
        var x = BackwardTape.Open?.Cut(convolved, stem_norm, StemWindow) ?? stem_pool.call(BackwardTape.Normalise(stem_norm, convolved.ToTorch())).relu_();
        return stage4.call(stage3.call(stage2.call(stage1.call(x)))).to(float32).mean([2, 3]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var x = onnx.Apply(onnx.Graph.Relu(onnx.Apply(inputs[0], stem, stem_norm)), stem_pool, stage1, stage2, stage3, stage4);
        return [onnx.Graph.ReduceMean(x, [2, 3], keepDimensions: false)];
    }

    private static Sequential Stage(int inputs, int outputs, int stride) => nn.Sequential(
        ("block1", new BasicBlock(inputs, outputs, stride)),
        ("block2", new BasicBlock(outputs, outputs, stride: 1)));
}
