using MlNetSer.Onnx;

namespace MlNetSer.TorchOnnx;

/// <summary>
/// A custom module that describes its own <c>forward</c> as ONNX operations. Code inside a <c>forward</c> is invisible from outside, so
/// modules that do more than call their children in order implement this.
/// </summary>
/// <example>
/// A residual block:
/// <code>
/// public IReadOnlyList&lt;OnnxValue&gt; ToOnnx(OnnxExporter onnx, IReadOnlyList&lt;OnnxValue&gt; inputs)
/// {
///     var x = onnx.Graph.Relu(onnx.Apply(inputs[0], conv1, norm1));
///     x = onnx.Apply(x, conv2, norm2);
///     return [onnx.Graph.Relu(x + inputs[0])];
/// }
/// </code>
/// </example>
public interface IOnnxExportable
{
    /// <summary>Adds to the graph what <c>forward</c> computes in evaluation mode.</summary>
    /// <param name="onnx">Gives the graph builder, and exports child modules and weights.</param>
    /// <param name="inputs">The tensors that <c>forward</c> takes, in order.</param>
    /// <returns>The tensors that <c>forward</c> returns, in order.</returns>
    IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs);
}
