using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlNetSer.Onnx;
using TorchSharp;
using ScalarType = TorchSharp.torch.ScalarType;
using Tensor = TorchSharp.torch.Tensor;

namespace MlNetSer.TorchOnnx;

/// <summary>Compares ONNX Runtime's answers with the module's.</summary>
internal static class ParityCheck
{
    private const double Noise = 1e-6;

    /// <summary>What is wrong, in one line; null when nothing is.</summary>
    /// <exception cref="OnnxExportException">ONNX Runtime rejects the model, or it is not there.</exception>
    internal static string? FindDifference(OnnxModel model, ModuleRuns runs, OnnxExportOptions options)
    {
        for (var output = 0; output < model.Outputs.Count; output++)
        {
            if (runs.All.All(run => HasNoNumbers(run.Outputs[output])))
                return $"the module gives no finite number for '{model.Outputs[output].Name}' on random inputs, so nothing can be compared: are all its weights set?";
        }
        try
        {
            using var settings = new SessionOptions
            {
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
                // The level beyond lays weights out for the processor, which takes them in memory once more.
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
                EnableCpuMemArena = false,
            };
            return WithFile(model, path =>
            {
                using var session = new InferenceSession(path, settings);
                return runs.All.Select(run => Compare(session, run, options.EffectiveTolerance)).FirstOrDefault(complaint => complaint is not null);
            });
        }
        catch (Exception exception) when (exception is OnnxRuntimeException)
        {
            throw new OnnxExportException($"ONNX Runtime does not run the exported model: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException)
        {
            throw new OnnxExportException(
                $"the check needs the native ONNX Runtime: add the package Microsoft.ML.OnnxRuntime to the application, or set {nameof(OnnxExportOptions)}."
                + $"{nameof(OnnxExportOptions.Check)} to false", exception);
        }
    }

    /// <summary>ONNX Runtime maps weights that lie in a file of their own into memory as they are, and takes any amount of them.</summary>
    private static T WithFile<T>(OnnxModel model, Func<string, T> use)
    {
        var folder = Directory.CreateTempSubdirectory("torchonnx-");
        try
        {
            var path = Path.Combine(folder.FullName, "model.onnx");
            model.SaveWithExternalData(path);
            return use(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string? Compare(InferenceSession session, ModuleRun run, double tolerance)
    {
        var names = session.InputNames;
        using var results = session.Run([.. run.Inputs.Select((tensor, i) => Feed(names[i], tensor))]);
        foreach (var (result, expected) in results.Zip(run.Outputs))
        {
            var (values, shape) = Values(result);
            var complaint = !shape.SequenceEqual(expected.shape)
                ? $"is of shape [{string.Join(", ", shape)}] instead of [{string.Join(", ", expected.shape)}]"
                : Difference(values, expected) is var difference && difference <= tolerance
                    ? null
                    : $"differs by {difference:g3} of its largest value; accepted is {tolerance:g3}";
            if (complaint is null) continue;
            return $"the exported model does not compute what the module does: on inputs "
                + $"{string.Join(", ", run.Inputs.Select(v => $"[{string.Join(", ", v.shape)}]"))} '{result.Name}' {complaint}";
        }
        return null;
    }

    private static bool HasNoNumbers(Tensor output)
    {
        if (!output.is_floating_point() || output.numel() == 0) return false;
        using var finite = output.isfinite();
        using var any = finite.any();
        return !any.ToBoolean();
    }

    /// <summary>
    /// The largest absolute difference over the largest absolute value; infinite where one value is not a finite number and the other is.
    /// An output that nowhere exceeds <see cref="Noise"/> has cancelled to zero and consists of rounding errors, so their size does not matter.
    /// </summary>
    private static double Difference(double[] values, Tensor expected)
    {
        using var wide = expected.to(ScalarType.Float64);
        var reference = wide.data<double>().ToArray();
        var (largest, difference) = (0.0, 0.0);
        for (var i = 0; i < reference.Length; i++)
        {
            if (values[i].Equals(reference[i])) continue;
            if (!double.IsFinite(values[i]) || !double.IsFinite(reference[i])) return double.PositiveInfinity;
            difference = Math.Max(difference, Math.Abs(values[i] - reference[i]));
        }
        foreach (var value in reference) if (double.IsFinite(value)) largest = Math.Max(largest, Math.Abs(value));
        return Math.Max(largest, difference) <= Noise ? 0 : difference / largest;
    }

    private static (double[] Values, long[] Shape) Values(NamedOnnxValue result) => result.Value switch
    {
        DenseTensor<float> tensor => Wide(tensor, value => value),
        DenseTensor<long> tensor => Wide(tensor, value => value),
        DenseTensor<int> tensor => Wide(tensor, value => value),
        DenseTensor<bool> tensor => Wide(tensor, value => value ? 1 : 0),
        var other => throw new OnnxExportException($"'{result.Name}' is a {other?.GetType().Name}; expected a tensor of float32, int64, int32 or bool"),
    };

    private static (double[] Values, long[] Shape) Wide<T>(DenseTensor<T> tensor, Func<T, double> widen) =>
        ([.. tensor.ToArray().Select(widen)], [.. tensor.Dimensions.ToArray().Select(size => (long)size)]);

    private static NamedOnnxValue Feed(string name, Tensor tensor)
    {
        int[] shape = [.. tensor.shape.Select(size => checked((int)size))];
        return tensor.dtype switch
        {
            ScalarType.Float32 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(tensor.data<float>().ToArray(), shape)),
            ScalarType.Int64 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(tensor.data<long>().ToArray(), shape)),
            ScalarType.Int32 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<int>(tensor.data<int>().ToArray(), shape)),
            _ => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<bool>(tensor.data<bool>().ToArray(), shape)),
        };
    }
}
