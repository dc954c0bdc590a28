using MlNetSer.Onnx;

namespace MlNetSer.TorchOnnx;

/// <summary>How to export a module. The defaults give an exact float32 model that was compared with the module.</summary>
public sealed class OnnxExportOptions
{
    /// <summary>The version of ONNX's operators, from 17 to <see cref="OnnxGraphBuilder.NewestOpset"/>.</summary>
    public int Opset { get; init; } = OnnxGraphBuilder.DefaultOpset;

    /// <summary>The graph's name. Default: the module's own name.</summary>
    public string? Name { get; init; }

    /// <summary>What the model does, in prose.</summary>
    public string? DocString { get; init; }

    /// <summary>Entries for the model's <c>metadata_props</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The input's name where only its shape or an example is given.</summary>
    public string InputName { get; init; } = "input";

    /// <summary>The outputs' names. Default: <c>output</c>, or <c>output0</c>, <c>output1</c>, ... when there are several.</summary>
    public IReadOnlyList<string> OutputNames { get; init; } = [];

    /// <summary>
    /// Types of custom modules whose <c>forward</c> does nothing but call their children in the order of their registration. They are
    /// exported that way; the check compares the result with the module.
    /// </summary>
    public IReadOnlyCollection<Type> ChildrenInOrder { get; init; } = [];

    /// <summary>
    /// Whether batch normalisation right after a convolution or linear layer becomes part of its weights. Default: true.
    /// </summary>
    public bool FoldBatchNorm { get; init; } = true;

    /// <summary>How weights are stored. Default: as they are.</summary>
    public WeightFormat Weights { get; init; } = WeightFormat.Float32;

    /// <summary>
    /// Modules whose weights stay float32 whatever <see cref="Weights"/> says: their places in the tree, as <c>encoder.layer1</c>, each with
    /// all modules below it.
    /// </summary>
    public IReadOnlyCollection<string> KeepFloat32 { get; init; } = [];

    /// <summary>
    /// Whether to run the finished model in ONNX Runtime beside the module, on random inputs, and to fail if they differ. Needs the native
    /// ONNX Runtime (package Microsoft.ML.OnnxRuntime) in the application. Default: true.
    /// </summary>
    public bool Check { get; init; } = true;

    /// <summary>
    /// The largest difference that the check accepts, relative to the largest absolute value of the output. Default: 1e-4 with float32
    /// weights, 0.01 with float16, 0.1 with 8 bits. Outputs of which no value exceeds 1e-6 are taken for zeros.
    /// </summary>
    public double? Tolerance { get; init; }

    internal double EffectiveTolerance => Tolerance ?? Weights switch
    {
        WeightFormat.Float16 => 0.01,
        WeightFormat.Int8 => 0.1,
        _ => 1e-4,
    };

    /// <summary>
    /// The sizes to try for the named dimensions, where 1 and 3 (the default) do not suit, because a convolution needs more, say. Every
    /// name's first size is used together, then every second, and so on.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> CheckSizes { get; init; } = new Dictionary<string, IReadOnlyList<long>>();
}
