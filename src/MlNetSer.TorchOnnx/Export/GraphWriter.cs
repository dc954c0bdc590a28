using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Writes the whole graph: inputs, the module, outputs, texts.</summary>
internal static class GraphWriter
{
    internal static OnnxModel Write(nn.Module module, IReadOnlyList<OnnxExportInput> inputs, ModuleRuns runs, OnnxExportOptions options)
    {
        var graph = new OnnxGraphBuilder(options.Name ?? module.GetName(), options.Opset) { DocString = options.DocString };
        var values = inputs.Select(input => graph.Input(input.Name, input.ElementType, [.. input.Shape])).ToArray();
        var outputs = new OnnxExporter(graph, options, module, runs.Shapes).Call(module, values);
        var expected = runs.All[0].Outputs.Count;
        if (outputs.Count != expected)
            throw new OnnxExportException($"{module.GetType().Name} gives {expected} tensors, but its graph {outputs.Count}");
        for (var i = 0; i < expected; i++) graph.Output(OutputName(options, i, expected), outputs[i], TypeOf(runs, i), runs.OutputShape(i));
        var model = graph.Build();
        foreach (var (key, value) in options.Metadata) model.Metadata[key] = value;
        return model;
    }

    private static string OutputName(OnnxExportOptions options, int index, int count)
    {
        if (options.OutputNames.Count == 0) return count == 1 ? "output" : $"output{index}";
        return options.OutputNames.Count == count
            ? options.OutputNames[index]
            : throw new OnnxExportException($"{options.OutputNames.Count} output names ({string.Join(", ", options.OutputNames)}) for {count} outputs");
    }

    private static OnnxElementType TypeOf(ModuleRuns runs, int output) => runs.All[0].Outputs[output].dtype switch
    {
        ScalarType.Float32 => OnnxElementType.Float32,
        ScalarType.Int64 => OnnxElementType.Int64,
        ScalarType.Int32 => OnnxElementType.Int32,
        ScalarType.Bool => OnnxElementType.Bool,
        var other => throw new OnnxExportException($"output {output} is of type {other}; expected float32, int64, int32 or bool. Convert the module with to(float32)."),
    };
}
