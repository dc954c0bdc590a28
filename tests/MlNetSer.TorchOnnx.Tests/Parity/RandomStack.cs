using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>
/// A recipe for a stack of layers: a number for the input, and one for every layer, which picks among those that can follow and then their
/// options and weights. A recipe without some of its layers is again one, so failures can be made smaller.
/// </summary>
internal sealed record RandomStack(int Input, IReadOnlyList<int> Layers)
{
    private const long LargestItem = 3000;

    /// <summary>The module, and the shape of one item that it takes.</summary>
    internal (nn.Module<Tensor, Tensor> Module, OnnxDimension[] Item) Build()
    {
        var draw = new Draw(Input);
        var item = draw.Of<long[]>([draw.From(2, 8)], [draw.From(1, 4), draw.From(4, 9)], [draw.From(1, 4), draw.From(4, 8), draw.From(4, 8)], [draw.From(1, 2), 4, 4, 5]);
        var modules = new List<nn.Module<Tensor, Tensor>>();
        var shape = item;
        foreach (var seed in Layers)
        {
            var choices = StackLayers.After(shape);
            var layer = choices[seed % choices.Count](new Draw(seed));
            RandomStatistics.Fill(layer);
            layer.eval();
            if (OutputShape(layer, shape) is not { } output) continue;
            modules.Add(layer);
            shape = output;
        }
        if (modules.Count == 0) modules.Add(nn.Identity());
        return (nn.Sequential(modules), [.. item.Select(OnnxDimension.Fixed)]);
    }

    /// <summary>The shape of what the layer makes of one item; null where the item is too small for its window, or the result too large.</summary>
    private static long[]? OutputShape(nn.Module<Tensor, Tensor> layer, long[] shape)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        try
        {
            var output = layer.call(randn([2, .. shape]));
            return output.numel() == 0 || output.numel() > 2 * LargestItem || output.dim() is < 2 or > 5 ? null : output.shape[1..];
        }
        catch (System.Runtime.InteropServices.ExternalException)
        {
            return null;
        }
    }

    public override string ToString() => $"input {Input}, layers {string.Join(", ", Layers)}";
}
