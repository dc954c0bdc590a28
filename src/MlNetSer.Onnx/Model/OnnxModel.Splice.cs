namespace MlNetSer.Onnx;

public sealed partial class OnnxModel
{
    /// <summary>This model followed by another: the only output of this one feeds the only input of the next.</summary>
    /// <inheritdoc cref="Then(OnnxModel, ReadOnlySpan{ValueTuple{string, string}})"/>
    public OnnxModel Then(OnnxModel next)
    {
        ArgumentNullException.ThrowIfNull(next);
        var (outputs, inputs) = (Outputs, next.Inputs);
        if (outputs.Count != 1 || inputs.Count != 1)
        {
            throw new OnnxModelException(
                $"cannot splice: '{Name}' has the outputs {string.Join(", ", outputs.Select(o => o.Name))} and '{next.Name}' the inputs "
                + $"{string.Join(", ", inputs.Select(i => i.Name))}; say which feeds which");
        }
        return Then(next, (outputs[0].Name, inputs[0].Name));
    }

    /// <summary>
    /// This model followed by another, as a new model. Its inputs are those of this model and the unconnected ones of the next; its
    /// outputs those of this model that feed nothing and all of the next. Inner names of the next model that are taken get a number;
    /// metadata, name, producer and doc string are this model's, and metadata of the next are added where the key is free.
    /// </summary>
    /// <param name="next">The model that comes after. It is not changed.</param>
    /// <param name="connections">Which output of this model feeds which input of the next.</param>
    /// <exception cref="OnnxModelException">Opsets, element types or dimensions do not agree, or an input or output that remains has a name that is taken.</exception>
    /// <exception cref="ArgumentException">A connection names an output or input that does not exist, or one input twice.</exception>
    public OnnxModel Then(OnnxModel next, params ReadOnlySpan<(string Output, string Input)> connections)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new Splice(this, next, connections.ToArray()).Result();
    }
}
