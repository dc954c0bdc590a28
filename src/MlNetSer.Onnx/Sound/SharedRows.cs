using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>
/// The first layers of an encoder, which patches that overlap can share: they are computed once over all patches of a block, one after the
/// other in time, instead of once for each patch. Every patch gets the very numbers that it would get by itself: the few rows that
/// a patch's padding reaches are computed from strips at its two ends and put in place of the shared ones.
/// </summary>
/// <remarks>
/// A layer belongs to them as long as the patches' hop is a whole number of its rows. The first pooling of which that is not true is
/// the last layer: it is computed once for each place (phase) where a patch can begin in its window.
/// </remarks>
internal sealed class SharedRows
{
    /// <summary>The first convolution has one channel to read and costs little; what one of its kind alone saves, putting rows together takes.</summary>
    private const int FewestConvolutions = 2;

    private readonly OnnxModel _encoder;
    private readonly LogMelSettings _settings;
    private readonly IReadOnlyList<RowLayer> _layers;

    /// <summary>Input rows from one phase's row to the next before the last layer, and that layer's stride if it has phases, else 1.</summary>
    private readonly int _stride, _phases;

    /// <summary>Rows of a patch, after the last layer, that its padding does not reach: from, and without, to.</summary>
    private readonly int _from, _to;
    private readonly int _topFrames, _bottomFrames, _rows;

    private SharedRows(OnnxModel encoder, LogMelSettings settings, IReadOnlyList<RowLayer> layers)
    {
        (_encoder, _settings, _layers) = (encoder, settings, layers);
        (_stride, _phases, _rows) = (1, 1, settings.PatchFrames);
        (_from, _to) = (0, _rows);
        foreach (var layer in layers)
        {
            _rows = layer.Rows(_rows);
            _from = (_from + layer.Top + layer.Stride - 1) / layer.Stride;
            _to = Math.Min(_rows, ((_to + layer.Top - layer.Kernel) / layer.Stride) + 1);
            if (settings.PatchHop % (_stride * layer.Stride) == 0) _stride *= layer.Stride;
            else _phases = layer.Stride;
        }
        (_topFrames, _bottomFrames) = (_from, _to);
        foreach (var layer in layers.Reverse())
        {
            if (_topFrames > 0) _topFrames = ((_topFrames - 1) * layer.Stride) - layer.Top + layer.Kernel;
            _bottomFrames = (_bottomFrames * layer.Stride) - layer.Top;
        }
        _bottomFrames = _to < _rows ? settings.PatchFrames - _bottomFrames : 0;
    }

    /// <summary>Finds the layers of an encoder that patches can share; null if there are none, or too few to gain by it.</summary>
    public static SharedRows? Find(OnnxModel encoder, LogMelSettings settings)
    {
        var graph = encoder.Proto.Graph;
        if (graph.SparseInitializer.Count + graph.QuantizationAnnotation.Count > 0) return null;
        var outputs = graph.Output.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        var numbers = graph.Initializer.Where(w => w.Dims.All(d => d == 1)).Select(w => w.Name).ToHashSet(StringComparer.Ordinal);
        var layers = new List<RowLayer>();
        var stride = 1;
        for (var value = encoder.Inputs[0].Name; !outputs.Contains(value); value = layers[^1].Output)
        {
            var users = graph.Node.Where(n => Uses(n).Contains(value)).ToList();
            if (users is not [{ } user] || user.Input.Count(i => i == value) != 1 || user.Input[0] != value || RowLayer.From(user, numbers.Contains) is not { } layer) break;
            stride *= layer.Stride;
            var hasPhases = settings.PatchHop % stride != 0;
            if (hasPhases && (layer.IsConvolution || layer.Top + layer.Stride > layer.Kernel)) break;
            layers.Add(layer);
            if (new SharedRows(encoder, settings, layers) is { } all && (all._from >= all._to || all._topFrames + all._bottomFrames > settings.PatchFrames))
            {
                layers.RemoveAt(layers.Count - 1);
                break;
            }
            if (hasPhases) break;
        }
        if (layers.Count(l => l.IsConvolution) < FewestConvolutions) return null;
        var found = new SharedRows(encoder, settings, [.. layers]);
        var perPatch = settings.PatchHop + found._topFrames + found._bottomFrames;
        return perPatch < settings.PatchFrames ? found : null;
    }

    /// <summary>Runs the encoder on patches.</summary>
    /// <param name="g">The graph, which gets the encoder's nodes and weights.</param>
    /// <param name="logMel">float32 [T, bands], normalised.</param>
    /// <param name="starts">int64 [n]: the patches' first frames, each a hop after the one before; the last may follow sooner.</param>
    /// <returns>[n, D].</returns>
    public OnnxValue Embed(OnnxGraphBuilder g, OnnxValue logMel, OnnxValue starts)
    {
        var graph = _encoder.Proto.Graph;
        var (weightNodes, otherNodes) = Rest(graph);
        var weights = new Dictionary<string, string>(StringComparer.Ordinal);
        g.Inline(_encoder, weightNodes, graph.Initializer, weights);
        OnnxValue film, places;
        using (g.Scope("film")) (film, places) = Film(g, starts);
        List<OnnxValue> parts = [];
        if (_from > 0) parts.Add(Strip("top", 0, _topFrames, layer => layer.WithPadding(layer.Top, 0)));
        using (g.Scope("shared"))
        {
            var (rows, firsts) = Shared(Image(g.Gather(logMel, film), 0, 1), places);
            var wanted = g.Unsqueeze(firsts, 1) + g.Initializer<long>("rows", [.. Enumerable.Range(_from, _to - _from)], 1, _to - _from);
            parts.Add(g.Transpose(g.Gather(g.Squeeze(rows, 0), wanted, 1), 1, 0, 2, 3));
        }
        if (_to < _rows) parts.Add(Strip("bottom", _settings.PatchFrames - _bottomFrames, _bottomFrames, layer => layer.WithPadding(0, layer.Bottom)));
        var joined = parts.Count == 1 ? parts[0] : g.Concat(2, [.. parts]);
        var names = new Dictionary<string, string>(weights, StringComparer.Ordinal) { [_layers[^1].Output] = joined.Name };
        g.Inline(_encoder, otherNodes, [], names);
        return new(g, names[graph.Output[0].Name]);

        OnnxValue Image(OnnxValue frames, params ReadOnlySpan<long> axes) => g.Unsqueeze(frames, axes);

        OnnxValue Strip(string name, int first, int count, Func<RowLayer, NodeProto> padded)
        {
            using var scope = g.Scope(name);
            var frames = g.Unsqueeze(starts, 1) + g.Initializer<long>("frames", [.. Enumerable.Range(first, count)], 1, count);
            return Apply(Image(g.Gather(logMel, frames), 1), _layers.Select(padded));
        }

        OnnxValue Apply(OnnxValue input, IEnumerable<NodeProto> nodes)
        {
            var own = new Dictionary<string, string>(weights, StringComparer.Ordinal) { [_encoder.Inputs[0].Name] = input.Name };
            NodeProto[] all = [.. nodes];
            g.Inline(_encoder, all, [], own);
            return new(g, own[all[^1].Output[0]]);
        }

        (OnnxValue Rows, OnnxValue Firsts) Shared(OnnxValue input, OnnxValue at)
        {
            at /= g.Ints(_stride);
            if (_phases == 1) return (Apply(input, _layers.Select(l => l.Node)), at);
            var last = _layers[^1];
            var before = Apply(input, _layers.SkipLast(1).Select(l => l.Node));
            // A row more of padding puts every window a row earlier: what begins in the middle of windows begins with one.
            OnnxValue[] phases = [.. Enumerable.Range(0, _phases).Select(phase => Last(last.WithPadding(last.Top + Earlier(phase), last.Bottom)))];
            List<OnnxValue> beginnings = [g.Ints(0)];
            foreach (var phase in phases.SkipLast(1)) beginnings.Add(beginnings[^1] + g.Dimension(phase, 2));
            var own = g.Mod(at, g.Ints(_phases));
            var earlier = g.Mod(g.Ints(_phases) - own, g.Ints(_phases));
            return (g.Concat(2, phases), g.Gather(g.Concat(0, [.. beginnings]), own) + ((at + earlier) / g.Ints(_phases)));

            OnnxValue Last(NodeProto node)
            {
                var own = new Dictionary<string, string>(StringComparer.Ordinal) { [node.Input[0]] = before.Name };
                g.Inline(_encoder, [node], [], own);
                return new(g, own[node.Output[0]]);
            }
        }
    }

    private int Earlier(int phase) => (_phases - phase) % _phases;

    /// <summary>
    /// The frames of all patches, one after the other without those that they share, and where in there each patch begins. The last patch may follow
    /// the one before it sooner than the others do: then it comes after all of them, at a place where the layers' windows begin.
    /// </summary>
    private (OnnxValue Frames, OnnxValue Places) Film(OnnxGraphBuilder g, OnnxValue starts)
    {
        var (hop, length) = (_settings.PatchHop, _settings.PatchFrames);
        var (first, last) = (g.Slice(starts, 0, 0, 1), g.Slice(starts, 0, -1));
        var one = g.Ints(1);
        var regular = (g.Dimension(starts, 0) - one) * g.Ints(hop);
        var apart = ((length - hop + _stride - 1) / _stride) * _stride;
        var gap = g.Where(g.Equal(last - first, regular), g.Ints(0), g.Ints(apart));
        var lastPlace = regular + gap;
        var place = g.Range(g.Scalar(0L), g.Squeeze(lastPlace + g.Ints(length)), g.Scalar(1L));
        var frames = g.Where(g.Less(place, lastPlace), g.Min(first + place, last + g.Ints(length - 1)), last + (place - lastPlace));
        var places = g.Range(g.Scalar(0L), g.Squeeze(regular + one), g.Scalar((long)hop));
        return (frames, g.Where(g.Less(places, regular), places, lastPlace));
    }

    /// <summary>The nodes that are none of the layers: those that only prepare weights, and those that follow.</summary>
    private (List<NodeProto> Weights, List<NodeProto> Others) Rest(GraphProto graph)
    {
        var fed = new HashSet<string>(StringComparer.Ordinal) { _encoder.Inputs[0].Name };
        var shared = new HashSet<NodeProto>(_layers.Select(l => l.Node), ReferenceEqualityComparer.Instance);
        var (weights, others) = (new List<NodeProto>(), new List<NodeProto>());
        foreach (var node in graph.Node)
        {
            var depends = Uses(node).Any(fed.Contains);
            if (depends) fed.UnionWith(node.Output);
            if (!shared.Contains(node)) (depends ? others : weights).Add(node);
        }
        return (weights, others);
    }

    private static IEnumerable<string> Uses(NodeProto node) => node.Input.Concat(ValueNames.SubGraphs(node).SelectMany(ValueNames.InOrder));
}
