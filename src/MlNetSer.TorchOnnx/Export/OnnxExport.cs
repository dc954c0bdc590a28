using System.Runtime.CompilerServices;
using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Exports TorchSharp modules to ONNX.</summary>
/// <remarks>
/// The module is exported in evaluation mode; its training mode, its weights and the global random state are left as they are. It must not
/// be used by another thread meanwhile.
/// </remarks>
public static class OnnxExport
{
    /// <summary>
    /// Exports a module that takes one float32 tensor to a file. A file that exists is replaced; on failure it is left as it was. Weights
    /// beyond 2 GiB go to a second file, whose name is the first one's with <c>.data</c> behind it.
    /// </summary>
    /// <param name="module">The module: a tree of supported ones, and of custom ones that implement <see cref="IOnnxExportable"/>.</param>
    /// <param name="path">The ONNX file to write.</param>
    /// <param name="shape">The input's dimensions: numbers for fixed ones, names for those known at run time, as <c>["batch", 1, 101, 96]</c>.</param>
    /// <param name="options">What to do differently.</param>
    /// <exception cref="OnnxExportException">A module is not supported, or the check found a difference.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void ExportOnnx(this nn.Module module, string path, IReadOnlyList<OnnxDimension> shape, OnnxExportOptions? options = null) =>
        ModelFile.Save(module.ToOnnxModel(shape, options), path);

    /// <summary>Exports a module that takes one tensor like the example, whose first dimension is the batch and may have any size.</summary>
    /// <inheritdoc cref="ExportOnnx(nn.Module, string, IReadOnlyList{OnnxDimension}, OnnxExportOptions?)"/>
    /// <param name="module">The module: a tree of supported ones, and of custom ones that implement <see cref="IOnnxExportable"/>.</param>
    /// <param name="path">The ONNX file to write.</param>
    /// <param name="exampleInput">A tensor that the module takes: float32, int64, int32 or bool.</param>
    /// <param name="options">What to do differently.</param>
    public static void ExportOnnx(this nn.Module module, string path, Tensor exampleInput, OnnxExportOptions? options = null) =>
        ModelFile.Save(module.ToOnnxModel(exampleInput, options), path);

    /// <summary>Exports a module that takes several tensors, or others than float32.</summary>
    /// <inheritdoc cref="ExportOnnx(nn.Module, string, IReadOnlyList{OnnxDimension}, OnnxExportOptions?)"/>
    /// <param name="module">The module: a tree of supported ones, and of custom ones that implement <see cref="IOnnxExportable"/>.</param>
    /// <param name="path">The ONNX file to write.</param>
    /// <param name="inputs">The tensors that it takes, in order.</param>
    /// <param name="options">What to do differently.</param>
    // So that [new("x", ...)] means inputs, not dimensions.
    [OverloadResolutionPriority(1)]
    public static void ExportOnnx(this nn.Module module, string path, IReadOnlyList<OnnxExportInput> inputs, OnnxExportOptions? options = null) =>
        ModelFile.Save(module.ToOnnxModel(inputs, options), path);

    /// <summary>Exports a module that takes one float32 tensor to a model in memory.</summary>
    /// <inheritdoc cref="ExportOnnx(nn.Module, string, IReadOnlyList{OnnxDimension}, OnnxExportOptions?)"/>
    public static OnnxModel ToOnnxModel(this nn.Module module, IReadOnlyList<OnnxDimension> shape, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return module.ToOnnxModel([new OnnxExportInput((options ?? new()).InputName, shape)], options);
    }

    /// <summary>Exports a module that takes one tensor like the example to a model in memory.</summary>
    /// <inheritdoc cref="ExportOnnx(nn.Module, string, Tensor, OnnxExportOptions?)"/>
    public static OnnxModel ToOnnxModel(this nn.Module module, Tensor exampleInput, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(exampleInput);
        return module.ToOnnxModel([OnnxExportInput.Like((options ?? new()).InputName, exampleInput)], options);
    }

    /// <summary>Exports a module that takes several tensors, or others than float32, to a model in memory.</summary>
    /// <inheritdoc cref="ExportOnnx(nn.Module, string, IReadOnlyList{OnnxExportInput}, OnnxExportOptions?)"/>
    [OverloadResolutionPriority(1)]
    public static OnnxModel ToOnnxModel(this nn.Module module, IReadOnlyList<OnnxExportInput> inputs, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(inputs);
        options ??= new();
        ExportRequest.Validate(module, inputs, options);
        using var evaluation = new EvaluationMode(module);
        using var runs = ModuleRuns.Of(module, inputs, options);
        var model = GraphWriter.Write(module, inputs, runs, options);
        if (!options.Check || ParityCheck.FindDifference(model, runs, options) is not { } difference) return model;
        throw new OnnxExportException(Suspect.Find(module, runs.Shapes, options) is { } suspect
            ? $"{difference}. The innermost module that differs by itself: '{ModuleTree.Paths(module)[suspect]}' ({suspect.GetType().Name})"
            : difference);
    }
}
