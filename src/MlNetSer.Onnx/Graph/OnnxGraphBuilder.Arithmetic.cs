namespace MlNetSer.Onnx;

public sealed partial class OnnxGraphBuilder
{
    /// <summary>Element by element, with broadcasting: a + b.</summary>
    public OnnxValue Add(OnnxValue a, OnnxValue b) => Node("Add", [a, b]);

    /// <summary>Element by element, with broadcasting: a - b.</summary>
    public OnnxValue Sub(OnnxValue a, OnnxValue b) => Node("Sub", [a, b]);

    /// <summary>Element by element, with broadcasting: a · b.</summary>
    public OnnxValue Mul(OnnxValue a, OnnxValue b) => Node("Mul", [a, b]);

    /// <summary>Element by element, with broadcasting: a / b; integers are cut towards zero.</summary>
    public OnnxValue Div(OnnxValue a, OnnxValue b) => Node("Div", [a, b]);

    /// <summary>Element by element, with broadcasting: a to the power of b.</summary>
    public OnnxValue Pow(OnnxValue a, OnnxValue b) => Node("Pow", [a, b]);

    /// <summary>Element by element: the remainder of integers, with the divisor's sign.</summary>
    public OnnxValue Mod(OnnxValue a, OnnxValue b) => Node("Mod", [a, b]);

    /// <summary>Element by element: the smallest of all values.</summary>
    public OnnxValue Min(params ReadOnlySpan<OnnxValue> values) => Node("Min", [.. values]);

    /// <summary>Element by element: the largest of all values.</summary>
    public OnnxValue Max(params ReadOnlySpan<OnnxValue> values) => Node("Max", [.. values]);

    /// <summary>Element by element: -x.</summary>
    public OnnxValue Neg(OnnxValue x) => Node("Neg", [x]);

    /// <summary>Element by element: |x|.</summary>
    public OnnxValue Abs(OnnxValue x) => Node("Abs", [x]);

    /// <summary>Element by element: the square root.</summary>
    public OnnxValue Sqrt(OnnxValue x) => Node("Sqrt", [x]);

    /// <summary>Element by element: 1 / x.</summary>
    public OnnxValue Reciprocal(OnnxValue x) => Node("Reciprocal", [x]);

    /// <summary>Element by element: e to the power of x.</summary>
    public OnnxValue Exp(OnnxValue x) => Node("Exp", [x]);

    /// <summary>Element by element: the natural logarithm.</summary>
    public OnnxValue Log(OnnxValue x) => Node("Log", [x]);

    /// <summary>Element by element: the sine of x in radians.</summary>
    public OnnxValue Sin(OnnxValue x) => Node("Sin", [x]);

    /// <summary>Element by element: the cosine of x in radians.</summary>
    public OnnxValue Cos(OnnxValue x) => Node("Cos", [x]);

    /// <summary>Element by element: the error function.</summary>
    public OnnxValue Erf(OnnxValue x) => Node("Erf", [x]);

    /// <summary>Element by element: the largest whole number not above x.</summary>
    public OnnxValue Floor(OnnxValue x) => Node("Floor", [x]);

    /// <summary>Element by element: the smallest whole number not below x.</summary>
    public OnnxValue Ceil(OnnxValue x) => Node("Ceil", [x]);

    /// <summary>Element by element: -1, 0 or 1.</summary>
    public OnnxValue Sign(OnnxValue x) => Node("Sign", [x]);

    /// <summary>Element by element: x, but not below <paramref name="min"/> nor above <paramref name="max"/> (scalars, either may be null).</summary>
    public OnnxValue Clip(OnnxValue x, OnnxValue? min, OnnxValue? max) => Node("Clip", [x, min, max]);

    /// <summary>Element by element: whether a equals b.</summary>
    public OnnxValue Equal(OnnxValue a, OnnxValue b) => Node("Equal", [a, b]);

    /// <summary>Element by element: whether a is below b.</summary>
    public OnnxValue Less(OnnxValue a, OnnxValue b) => Node("Less", [a, b]);

    /// <summary>Element by element: whether a is above b.</summary>
    public OnnxValue Greater(OnnxValue a, OnnxValue b) => Node("Greater", [a, b]);

    /// <summary>Element by element: whether both are true.</summary>
    public OnnxValue And(OnnxValue a, OnnxValue b) => Node("And", [a, b]);

    /// <summary>Element by element: whether one or both are true.</summary>
    public OnnxValue Or(OnnxValue a, OnnxValue b) => Node("Or", [a, b]);

    /// <summary>Element by element: the opposite.</summary>
    public OnnxValue Not(OnnxValue x) => Node("Not", [x]);

    /// <summary>Element by element, with broadcasting: <paramref name="then"/> where the condition holds, <paramref name="otherwise"/> where not.</summary>
    public OnnxValue Where(OnnxValue condition, OnnxValue then, OnnxValue otherwise) => Node("Where", [condition, then, otherwise]);

    /// <summary>The matrix product over the last two dimensions, batched over the others.</summary>
    public OnnxValue MatMul(OnnxValue a, OnnxValue b) => Node("MatMul", [a, b]);

    /// <summary>alpha · a' · b' + beta · c for matrices, where ' transposes when asked to.</summary>
    public OnnxValue Gemm(
        OnnxValue a, OnnxValue b, OnnxValue? c = null, float alpha = 1, float beta = 1, bool transposeA = false, bool transposeB = false) =>
        Node("Gemm", c is null ? [a, b] : [a, b, c], ("alpha", alpha), ("beta", beta), ("transA", transposeA), ("transB", transposeB));

    /// <summary>A sum of products as Einstein writes it, such as <c>bij,bjk->bik</c>.</summary>
    public OnnxValue Einsum(string equation, params ReadOnlySpan<OnnxValue> values) => Node("Einsum", [.. values], ("equation", equation));

    /// <summary>Element by element: max(x, 0).</summary>
    public OnnxValue Relu(OnnxValue x) => Node("Relu", [x]);

    /// <summary>Element by element: x, or <paramref name="alpha"/> · x below 0.</summary>
    public OnnxValue LeakyRelu(OnnxValue x, float alpha = 0.01f) => Node("LeakyRelu", [x], ("alpha", alpha));

    /// <summary>Element by element: 1 / (1 + e^-x).</summary>
    public OnnxValue Sigmoid(OnnxValue x) => Node("Sigmoid", [x]);

    /// <summary>Element by element: the hyperbolic tangent.</summary>
    public OnnxValue Tanh(OnnxValue x) => Node("Tanh", [x]);

    /// <summary>e^x over its sum along one axis.</summary>
    public OnnxValue Softmax(OnnxValue x, long axis = -1) => Node("Softmax", [x], ("axis", axis));

    /// <summary>The logarithm of <see cref="Softmax"/>.</summary>
    public OnnxValue LogSoftmax(OnnxValue x, long axis = -1) => Node("LogSoftmax", [x], ("axis", axis));

    /// <summary>The mean over some axes, or over all when none is named.</summary>
    public OnnxValue ReduceMean(OnnxValue x, ReadOnlySpan<long> axes, bool keepDimensions = true) => Reduce("ReduceMean", x, axes, keepDimensions);

    /// <summary>The sum over some axes, or over all when none is named.</summary>
    public OnnxValue ReduceSum(OnnxValue x, ReadOnlySpan<long> axes, bool keepDimensions = true) => Reduce("ReduceSum", x, axes, keepDimensions);

    /// <summary>The largest value over some axes, or over all when none is named.</summary>
    public OnnxValue ReduceMax(OnnxValue x, ReadOnlySpan<long> axes, bool keepDimensions = true) => Reduce("ReduceMax", x, axes, keepDimensions);

    /// <summary>The smallest value over some axes, or over all when none is named.</summary>
    public OnnxValue ReduceMin(OnnxValue x, ReadOnlySpan<long> axes, bool keepDimensions = true) => Reduce("ReduceMin", x, axes, keepDimensions);

    /// <summary>The product over some axes, or over all when none is named.</summary>
    public OnnxValue ReduceProd(OnnxValue x, ReadOnlySpan<long> axes, bool keepDimensions = true) => Reduce("ReduceProd", x, axes, keepDimensions);

    /// <summary>The Euclidean norm over some axes, or over all when none is named.</summary>
    public OnnxValue ReduceL2(OnnxValue x, ReadOnlySpan<long> axes, bool keepDimensions = true) => Reduce("ReduceL2", x, axes, keepDimensions);

    /// <summary>The sum of squares over some axes, or over all when none is named.</summary>
    public OnnxValue ReduceSumSquare(OnnxValue x, ReadOnlySpan<long> axes, bool keepDimensions = true) =>
        Reduce("ReduceSumSquare", x, axes, keepDimensions);

    /// <summary>The position (int64) of the largest value along one axis; the first of equals.</summary>
    public OnnxValue ArgMax(OnnxValue x, long axis, bool keepDimension = true) => Node("ArgMax", [x], ("axis", axis), ("keepdims", keepDimension));

    private OnnxValue Reduce(string operatorType, OnnxValue x, ReadOnlySpan<long> axes, bool keepDimensions)
    {
        if (axes.IsEmpty) return Node(operatorType, [x], ("keepdims", keepDimensions));
        return ReductionAxesAreInput(operatorType)
            ? Node(operatorType, [x, Ints(axes)], ("keepdims", keepDimensions))
            : Node(operatorType, [x], ("axes", axes.ToArray()), ("keepdims", keepDimensions));
    }
}
