using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlNetSer.Onnx;
using ScalarType = TorchSharp.torch.ScalarType;
using Tensor = TorchSharp.torch.Tensor;

namespace MlNetSer.TorchOnnx;

/// <summary>Compares ONNX Runtime's answers with the module's.</summary>
internal static class ParityCheck
{
    /// <exception cref="OnnxExportException">They differ, ONNX Runtime rejects the model, or it is not there.</exception>
    internal static void Verify(OnnxModel model, ModuleRuns runs, OnnxExportOptions options)
    {
        try
        {
            using var settings = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            using var session = new InferenceSession(model.ToBytes(), settings);
            foreach (var run in runs.All) Compare(session, run, options.Tolerance);
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

    private static void Compare(InferenceSession session, ModuleRun run, double tolerance)
    {
        var names = session.InputNames;
        using var results = session.Run([.. run.Inputs.Select((tensor, i) => Feed(names[i], tensor))]);
        foreach (var (result, expected) in results.Zip(run.Outputs))
        {
            var difference = Difference(result, expected);
            if (!(difference <= tolerance))
            {
                throw new OnnxExportException(
                    $"the exported model does not compute what the module does: '{result.Name}' differs by {difference:g3} of its largest value on inputs "
                    + $"{string.Join(", ", run.Inputs.Select(v => $"[{string.Join(", ", v.shape)}]"))}; accepted is {tolerance:g3}");
            }
        }
    }

    /// <summary>The largest absolute difference over the largest absolute value; infinite where shapes differ or values are not finite in one only.</summary>
    private static double Difference(NamedOnnxValue result, Tensor expected)
    {
        var (values, shape) = Values(result);
        if (!shape.SequenceEqual(expected.shape)) return double.PositiveInfinity;
        using var wide = expected.to(ScalarType.Float64);
        var reference = wide.data<double>().ToArray();
        var (largest, difference) = (0.0, 0.0);
        for (var i = 0; i < reference.Length; i++)
        {
            if (values[i].Equals(reference[i])) continue;
            difference = Math.Max(difference, Math.Abs(values[i] - reference[i]));
            if (double.IsNaN(difference)) return double.PositiveInfinity;
        }
        foreach (var value in reference) if (double.IsFinite(value)) largest = Math.Max(largest, Math.Abs(value));
        return difference == 0 ? 0 : difference / Math.Max(largest, float.Epsilon);
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
