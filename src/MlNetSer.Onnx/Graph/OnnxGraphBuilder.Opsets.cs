namespace MlNetSer.Onnx;

public sealed partial class OnnxGraphBuilder
{
    /// <summary>The opset when none is named: old enough for every runtime in use.</summary>
    public const int DefaultOpset = 17;

    /// <summary>The oldest opset that this library writes.</summary>
    public const int OldestOpset = 17;

    /// <summary>The newest opset that this library writes.</summary>
    public const int NewestOpset = 26;

    /// <summary>Up to opset 17 most reductions take their axes as an attribute, from 18 on as an input.</summary>
    private bool ReductionAxesAreInput(string operatorType) => Opset >= 18 || operatorType == "ReduceSum";
}
