namespace MlNetSer.Onnx;

/// <summary>
/// A value in a graph under construction: an input, an initializer, a constant or a node's output. It belongs to the builder that
/// made it (and to that builder's sub-graphs). The operators <c>+ - * /</c> add a node each and broadcast as NumPy does.
/// </summary>
public sealed class OnnxValue
{
    internal OnnxValue(OnnxGraphBuilder owner, string name)
    {
        Owner = owner;
        Name = name;
    }

    /// <summary>Its name while the graph is under construction. In the finished model an output has the output's name.</summary>
    public string Name { get; }

    internal OnnxGraphBuilder Owner { get; }

    /// <summary>As <see cref="OnnxGraphBuilder.Add"/>.</summary>
    public static OnnxValue operator +(OnnxValue left, OnnxValue right) => Builder(left, right).Add(left, right);

    /// <summary>As <see cref="OnnxGraphBuilder.Sub"/>.</summary>
    public static OnnxValue operator -(OnnxValue left, OnnxValue right) => Builder(left, right).Sub(left, right);

    /// <summary>As <see cref="OnnxGraphBuilder.Mul"/>.</summary>
    public static OnnxValue operator *(OnnxValue left, OnnxValue right) => Builder(left, right).Mul(left, right);

    /// <summary>As <see cref="OnnxGraphBuilder.Div"/>.</summary>
    public static OnnxValue operator /(OnnxValue left, OnnxValue right) => Builder(left, right).Div(left, right);

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private static OnnxGraphBuilder Builder(OnnxValue left, OnnxValue right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return right.Owner.Sees(left) ? right.Owner : left.Owner;
    }
}
