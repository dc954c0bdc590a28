using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Finds requests that cannot be met, before anything is run.</summary>
internal static class ExportRequest
{
    /// <exception cref="OnnxExportException">Something named is not there, or the weights are not float32.</exception>
    internal static void Validate(nn.Module module, IReadOnlyList<OnnxExportInput> inputs, OnnxExportOptions options)
    {
        if (inputs.Count == 0) throw new OnnxExportException("no inputs: name at least one");
        var nameless = inputs.FirstOrDefault(input => input.Shape.Any(dimension => dimension.Size is null && dimension.Name is null));
        if (nameless is not null) throw new OnnxExportException($"input '{nameless.Name}': a dimension has neither size nor name");

        var names = inputs.SelectMany(input => input.Shape).Select(dimension => dimension.Name).OfType<string>().ToHashSet();
        if (options.CheckSizes.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
            throw new OnnxExportException($"{nameof(options.CheckSizes)} names '{unknown}', which is no dimension of an input ({string.Join(", ", names)})");
        if (options.CheckSizes.FirstOrDefault(sizes => sizes.Value.Count == 0).Key is { } empty)
            throw new OnnxExportException($"{nameof(options.CheckSizes)} has no sizes for '{empty}'");

        var places = ModuleTree.Paths(module).Values.ToHashSet();
        if (options.KeepFloat32.FirstOrDefault(place => !places.Contains(place)) is { } absent)
            throw new OnnxExportException($"{nameof(options.KeepFloat32)} names '{absent}', where there is no module; places are like '{places.MaxBy(place => place.Length)}'");

        foreach (var (name, parameter) in module.named_parameters())
        {
            if (parameter.numel() > Array.MaxLength / sizeof(float))
            {
                throw new OnnxExportException(
                    $"the weight '{name}' [{string.Join(", ", parameter.shape)}] takes {parameter.numel() * sizeof(float)} bytes, and a single one may take 2 GiB at most: "
                    + "split it in the module");
            }
            if (parameter.is_floating_point() && parameter.dtype != ScalarType.Float32)
                throw new OnnxExportException($"the weight '{name}' is {parameter.dtype}; expected float32. Convert the module with to(ScalarType.Float32).");
        }
    }
}
