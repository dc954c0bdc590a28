using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Runs of a module on random inputs, with every named dimension in at least two sizes.</summary>
internal sealed class ModuleRuns : IDisposable
{
    private static readonly IReadOnlyList<long> DefaultSizes = [1, 3];

    private readonly IReadOnlyList<(ModuleRun Run, IReadOnlyDictionary<string, long> Sizes)> _runs;

    private ModuleRuns(IReadOnlyList<(ModuleRun Run, IReadOnlyDictionary<string, long> Sizes)> runs, ShapeTrace shapes)
    {
        _runs = runs;
        Shapes = shapes;
    }

    internal IReadOnlyList<ModuleRun> All => [.. _runs.Select(run => run.Run)];

    internal ShapeTrace Shapes { get; }

    internal static ModuleRuns Of(nn.Module module, IReadOnlyList<OnnxExportInput> inputs, OnnxExportOptions options)
    {
        var names = inputs.SelectMany(input => input.Shape).Select(dimension => dimension.Name).OfType<string>().Distinct().ToList();
        var count = names.Count == 0 ? 1 : names.Max(name => SizesOf(name, options).Count);
        var shapes = new ShapeTrace();
        var runs = new List<(ModuleRun, IReadOnlyDictionary<string, long>)>();
        for (var i = 0; i < count; i++)
        {
            var sizes = names.ToDictionary(name => name, name => SizesOf(name, options)[i % SizesOf(name, options).Count]);
            using (shapes.Watch(module, inputs, sizes)) runs.Add((ModuleRun.Of(module, inputs, sizes, seed: (ulong)i + 1), sizes));
        }
        return new(runs, shapes);
    }

    /// <summary>An output's dimensions: fixed where its size never changed, named where it always was that of a named dimension.</summary>
    internal OnnxDimension[] OutputShape(int output)
    {
        var shapes = _runs.Select(run => run.Run.Outputs[output].shape).ToList();
        return [.. Enumerable.Range(0, shapes[0].Length).Select(axis => Dimension(axis))];

        OnnxDimension Dimension(int axis)
        {
            var sizes = shapes.Select(shape => shape[axis]).ToList();
            foreach (var name in _runs[0].Sizes.Keys)
                if (_runs.Select(run => run.Sizes[name]).SequenceEqual(sizes)) return OnnxDimension.Named(name);
            return sizes.Distinct().Count() == 1 && Shapes.SizesAreFixed ? sizes[0] : OnnxDimension.Unknown;
        }
    }

    public void Dispose()
    {
        foreach (var run in All) run.Dispose();
    }

    private static IReadOnlyList<long> SizesOf(string name, OnnxExportOptions options) => options.CheckSizes.GetValueOrDefault(name) ?? DefaultSizes;
}
