using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>
/// What a module tree saw while it ran on inputs of several batch sizes: the dimensions of the tensor that each module took. They let the
/// exporter write shapes as constants that would otherwise be computed in the graph.
/// </summary>
internal sealed class ShapeTrace
{
    private readonly Dictionary<nn.Module, long?[]?> _shapes = new(ReferenceEqualityComparer.Instance);

    private readonly Dictionary<nn.Module, long[]> _latest = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a size that was the same in all runs is the same in every run.</summary>
    internal bool SizesAreFixed { get; private set; } = true;

    /// <summary>
    /// The dimensions that the module's input has whenever it is called, null in place of one that may vary; null for all when even their
    /// number varies or the module was never seen.
    /// </summary>
    internal IReadOnlyList<long?>? InputShape(nn.Module module) => _shapes.GetValueOrDefault(module) switch
    {
        null => null,
        { } shape => SizesAreFixed ? shape : new long?[shape.Length],
    };

    /// <summary>The dimensions of the module's latest input; null where it was never seen.</summary>
    internal long[]? LatestInputShape(nn.Module module) => _latest.GetValueOrDefault(module);

    /// <summary>Watches all modules of the tree that take one tensor until the result is disposed.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="inputs">What it will be run on.</param>
    /// <param name="sizes">The sizes of the named dimensions in this run.</param>
    internal IDisposable Watch(nn.Module root, IReadOnlyList<OnnxExportInput> inputs, IReadOnlyDictionary<string, long> sizes)
    {
        // A size that did not change between runs may still depend on a named dimension, by a stride's rounding for example. Layers do not
        // round the batch, so sizes count as fixed only where nothing but a batch varies: a first dimension that every module sees as such.
        long? batch = sizes.Count == 1 && inputs.All(input => input.Shape.Skip(1).All(d => d.Size is not null)) ? sizes.Values.Single() : null;
        SizesAreFixed &= sizes.Count == 0 || batch is not null;
        var watch = new Hooks();
        foreach (var module in ModuleTree.Of(root).OfType<nn.Module<Tensor, Tensor>>())
        {
            var hook = module.register_forward_pre_hook((caller, input) =>
            {
                Record(caller, input.shape, batch);
                return input;
            });
            watch.Removals.Add(hook.remove);
        }
        return watch;
    }

    private void Record(nn.Module module, long[] shape, long? batch)
    {
        _latest[module] = shape;
        if (batch is not null && (shape.Length == 0 || shape[0] != batch)) SizesAreFixed = false;
        if (!_shapes.TryGetValue(module, out var known)) _shapes.Add(module, [.. shape.Select(size => (long?)size)]);
        else if (known?.Length != shape.Length) _shapes[module] = null;
        else
            for (var i = 0; i < shape.Length; i++)
                if (known[i] != shape[i]) known[i] = null;
    }

    private sealed class Hooks : IDisposable
    {
        internal List<Action> Removals { get; } = [];

        public void Dispose() => Removals.ForEach(remove => remove());
    }
}
