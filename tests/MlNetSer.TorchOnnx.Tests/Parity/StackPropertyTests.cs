using FsCheck;
using FsCheck.Fluent;
using MlNetSer.Onnx;

namespace MlNetSer.TorchOnnx.Tests;

public class StackPropertyTests
{
    private const int Cases = 500;
    private const int MostLayers = 8;

    [Fact]
    public void Random_stacks_of_layers_compute_what_their_modules_do()
    {
        var used = new HashSet<string>();
        var layers = 0;
        // The same cases in every run: a failure is the change's, not the day's.
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithReplay(20211, 11607), Prop.ForAll(Stacks(), stack =>
        {
            var (module, item) = stack.Build();
            using (module)
            {
                var opset = stack.Input % 2 == 0
                    ? OnnxGraphBuilder.OldestOpset
                    : OnnxGraphBuilder.OldestOpset + stack.Input % (OnnxGraphBuilder.NewestOpset - OnnxGraphBuilder.OldestOpset + 1);
                try
                {
                    module.ToJudgedModel([new OnnxExportInput("input", ["batch", .. item])], new() { Opset = opset });
                }
                catch (Exception exception)
                {
                    var names = string.Join(", ", module.children().Select(layer => layer.GetType().Name));
                    throw new InvalidOperationException($"[{string.Join(", ", item)}], opset {opset}, {names}: {exception.Message}", exception);
                }
                foreach (var layer in module.modules()) used.Add(layer.GetType().Name);
                layers += module.children().Count();
            }
        }));
        Assert.True(layers > 2 * Cases, $"{layers} layers in {Cases} stacks");
        Assert.True(used.Count > 60, $"only {used.Count} kinds of layers: {string.Join(", ", used.Order())}");
    }

    private static Arbitrary<RandomStack> Stacks()
    {
        var numbers = Gen.Choose(0, int.MaxValue - 1);
        var stacks =
            from input in numbers
            from count in Gen.Choose(1, MostLayers)
            from layers in numbers.ArrayOf(count)
            select new RandomStack(input, layers);
        return Arb.From(stacks, Smaller);
    }

    private static IEnumerable<RandomStack> Smaller(RandomStack stack) =>
        Enumerable.Range(0, stack.Layers.Count).Select(left => stack with { Layers = [.. stack.Layers.Where((_, i) => i != left)] });
}
