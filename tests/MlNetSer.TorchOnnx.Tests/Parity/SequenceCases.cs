using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>Linear layers, embeddings, recurrence, attention, distances, containers.</summary>
internal static class SequenceCases
{
    private static readonly Dictionary<string, IReadOnlyList<long>> Lengths = new() { ["time"] = [7, 2], ["length"] = [4, 9] };

    internal static IReadOnlyDictionary<Type, Func<Draw, LayerCase>> All => new Dictionary<Type, Func<Draw, LayerCase>>
    {
        [typeof(Linear)] = Linear,
        [typeof(Bilinear)] = Bilinear,
        [typeof(Embedding)] = draw => new(
            nn.Embedding(9, draw.From(1, 4), draw.Yes ? 2 : null, draw.Yes ? draw.Between(0.3, 1.5) : null),
            new OnnxExportInput("tokens", draw.Yes ? ["batch"] : ["batch", "time"])
            {
                ElementType = draw.Of(OnnxElementType.Int64, OnnxElementType.Int32),
                ExclusiveMaximum = 9,
            }),
        [typeof(RNN)] = draw => Recurrent(draw, (inputs, hidden, layers, bias, first, both) =>
            nn.RNN(inputs, hidden, layers, draw.Of(nn.NonLinearities.ReLU, nn.NonLinearities.Tanh), bias, first, layers > 1 ? 0.3 : 0, both), states: 1),
        [typeof(LSTM)] = draw => Recurrent(draw, (inputs, hidden, layers, bias, first, both) =>
            nn.LSTM(inputs, hidden, layers, bias, first, layers > 1 ? 0.3 : 0, both), states: 2),
        [typeof(GRU)] = draw => Recurrent(draw, (inputs, hidden, layers, bias, first, both) =>
            nn.GRU(inputs, hidden, layers, bias, first, layers > 1 ? 0.3 : 0, both), states: 1),
        [typeof(RNNCell)] = draw => Cell(draw, (inputs, hidden, bias) =>
            nn.RNNCell(inputs, hidden, draw.Of(nn.NonLinearities.ReLU, nn.NonLinearities.Tanh), bias), states: 1),
        [typeof(LSTMCell)] = draw => Cell(draw, (inputs, hidden, bias) => nn.LSTMCell(inputs, hidden, bias), states: 2),
        [typeof(GRUCell)] = draw => Cell(draw, (inputs, hidden, bias) => nn.GRUCell(inputs, hidden, bias), states: 1),
        [typeof(MultiheadAttention)] = Attention,
        [typeof(TransformerEncoderLayer)] = draw => Encoder(draw, layer => layer),
        [typeof(TransformerEncoder)] = draw => Encoder(draw, layer => nn.TransformerEncoder(layer, draw.From(1, 3))),
        [typeof(TransformerDecoderLayer)] = draw => Decoder(draw, layer => layer),
        [typeof(TransformerDecoder)] = draw => Decoder(draw, layer => nn.TransformerDecoder(layer, draw.From(1, 3))),
        [typeof(Transformer)] = Transformer,
        [typeof(CosineSimilarity)] = draw => Pair(nn.CosineSimilarity(draw.From(1, 2)), 4, 3),
        [typeof(PairwiseDistance)] = draw => Pair(nn.PairwiseDistance(draw.Of(1.0, 2, 3, double.PositiveInfinity), keepdim: draw.Yes), 5),
        [typeof(Sequential)] = draw => new(
            nn.Sequential(nn.Linear(3, 4), nn.Sequential(nn.ReLU(), nn.Linear(4, draw.From(1, 5)))), ["batch", 3]),
        [typeof(ModuleList<>)] = draw => new(new ListedLayers(3, (int)draw.From(1, 3)), ["batch", 3]),
    };

    private static LayerCase Linear(Draw draw)
    {
        var inputs = draw.From(1, 5);
        return new(nn.Linear(inputs, draw.From(1, 5), draw.Yes), draw.Of<OnnxDimension[]>(["batch", inputs], ["batch", "time", inputs], [inputs]));
    }

    private static LayerCase Bilinear(Draw draw)
    {
        var (first, second) = (draw.From(1, 4), draw.From(1, 4));
        return new(
            nn.Bilinear(first, second, draw.From(1, 4), draw.Yes),
            new OnnxExportInput("a", ["batch", 2, first]), new OnnxExportInput("b", ["batch", 2, second]));
    }

    /// <param name="draw">The options.</param>
    /// <param name="create">Makes the layer from input size, hidden size, layers, bias, batch first, both directions.</param>
    /// <param name="states">How many initial states may be given.</param>
    private static LayerCase Recurrent(Draw draw, Func<long, long, long, bool, bool, bool, nn.Module> create, int states)
    {
        var (inputs, hidden, layers) = (draw.From(1, 4), draw.From(1, 4), draw.From(1, 3));
        var (first, both) = (draw.Yes, draw.Yes);
        var module = create(inputs, hidden, layers, draw.Yes, first, both);
        var sequence = new OnnxExportInput("sequence", first ? ["batch", "time", inputs] : ["time", "batch", inputs]);
        OnnxExportInput[] initial =
            [.. Enumerable.Range(0, states).Select(i => new OnnxExportInput($"state{i}", [layers * (both ? 2 : 1), "batch", hidden]))];
        return new(module, draw.Yes ? [sequence] : [sequence, .. initial]) { Sizes = Lengths };
    }

    private static LayerCase Cell(Draw draw, Func<long, long, bool, nn.Module> create, int states)
    {
        var (inputs, hidden) = (draw.From(1, 4), draw.From(1, 4));
        var module = create(inputs, hidden, draw.Yes);
        var input = new OnnxExportInput("input", ["batch", inputs]);
        var initial = Enumerable.Range(0, states).Select(i => new OnnxExportInput($"state{i}", ["batch", hidden]));
        // TorchSharp's LSTMCell fails without its states.
        return new(module, states == 1 && draw.Yes ? [input] : [input, .. initial]);
    }

    private static LayerCase Attention(Draw draw)
    {
        var heads = draw.Of(1L, 2, 3);
        var size = heads * draw.Of(1L, 2, 4);
        long? keys = draw.Yes ? draw.From(2, 5) : null;
        // libtorch wants them alike.
        var values = keys;
        var module = nn.MultiheadAttention(size, heads, 0.2, draw.Yes, draw.Yes, draw.Yes, keys, values);
        return new(
            module, new OnnxExportInput("query", ["time", "batch", size]), new OnnxExportInput("key", ["length", "batch", keys ?? size]),
            new OnnxExportInput("value", ["length", "batch", values ?? size]))
        { Sizes = Lengths };
    }

    private static LayerCase Encoder(Draw draw, Func<TransformerEncoderLayer, nn.Module> create)
    {
        var (size, heads) = Sizes(draw);
        var layer = nn.TransformerEncoderLayer(size, heads, draw.From(2, 12), 0.1, Activation(draw));
        var input = new OnnxExportInput("input", ["time", "batch", size]);
        return new(create(layer), Masked(draw, [input], SelfMask, SelfPadding)) { Sizes = Lengths };
    }

    private static LayerCase Decoder(Draw draw, Func<TransformerDecoderLayer, nn.Module> create)
    {
        var (size, heads) = Sizes(draw);
        var layer = nn.TransformerDecoderLayer(size, heads, draw.From(2, 12), 0.1, Activation(draw));
        var (target, memory) = (new OnnxExportInput("target", ["time", "batch", size]), new OnnxExportInput("memory", ["length", "batch", size]));
        return new(create(layer), Masked(draw, [target, memory], SelfMask, MemoryMask, SelfPadding, MemoryPadding)) { Sizes = Lengths };
    }

    private static LayerCase Transformer(Draw draw)
    {
        var (size, heads) = Sizes(draw);
        var module = nn.Transformer(size, heads, draw.From(1, 2), draw.From(1, 2), draw.From(2, 12), 0.1, Activation(draw));
        var (source, target) = (new OnnxExportInput("source", ["length", "batch", size]), new OnnxExportInput("target", ["time", "batch", size]));
        var sourceMask = new OnnxExportInput("source_mask", ["length", "length"]);
        return new(module, Masked(draw, [source, target], sourceMask, SelfMask, MemoryMask)) { Sizes = Lengths };
    }

    private static OnnxExportInput SelfMask => new("mask", ["time", "time"]);

    private static OnnxExportInput MemoryMask => new("memory_mask", ["time", "length"]);

    private static OnnxExportInput SelfPadding => new("padding", ["batch", "time"]) { ElementType = OnnxElementType.Bool };

    private static OnnxExportInput MemoryPadding => new("memory_padding", ["batch", "length"]) { ElementType = OnnxElementType.Bool };

    private static (long Size, long Heads) Sizes(Draw draw)
    {
        var heads = draw.Of(1L, 2, 3);
        return (heads * draw.Of(2L, 4), heads);
    }

    private static nn.Activations Activation(Draw draw) => draw.Of(nn.Activations.ReLU, nn.Activations.GELU);

    /// <summary>No masks, or the first few of those that the module takes.</summary>
    private static OnnxExportInput[] Masked(Draw draw, OnnxExportInput[] inputs, params OnnxExportInput[] masks) =>
        [.. inputs, .. masks.Take((int)draw.From(0, masks.Length))];

    private static LayerCase Pair(nn.Module module, params OnnxDimension[] item) =>
        new(module, new OnnxExportInput("a", ["batch", .. item]), new OnnxExportInput("b", ["batch", .. item]));
}
