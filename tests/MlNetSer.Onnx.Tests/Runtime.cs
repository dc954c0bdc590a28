using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MlNetSer.Onnx.Tests;

/// <summary>A model in ONNX Runtime, one thread, all arrays with their shapes.</summary>
internal sealed class Runtime : IDisposable
{
    private readonly InferenceSession _session;

    public Runtime(OnnxModel model)
        : this(model.ToBytes())
    {
    }

    public Runtime(byte[] model)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        _session = new InferenceSession(model, options);
    }

    public InferenceSession Session => _session;

    /// <summary>All outputs by name.</summary>
    public Dictionary<string, Result> Run(params NamedOnnxValue[] inputs)
    {
        using var results = _session.Run(inputs);
        return results.ToDictionary(r => r.Name, r => Result.From(r.Value));
    }

    public static NamedOnnxValue Feed<T>(string name, T[] values, params int[] shape) =>
        NamedOnnxValue.CreateFromTensor(name, new DenseTensor<T>(values, shape));

    public void Dispose() => _session.Dispose();
}

/// <summary>A tensor as doubles.</summary>
internal sealed record Result(int[] Shape, double[] Values)
{
    public static Result From(object value) => value switch
    {
        Tensor<float> t => new(t.Dimensions.ToArray(), [.. t.Select(v => (double)v)]),
        Tensor<long> t => new(t.Dimensions.ToArray(), [.. t.Select(v => (double)v)]),
        Tensor<bool> t => new(t.Dimensions.ToArray(), [.. t.Select(v => v ? 1.0 : 0.0)]),
        _ => throw new NotSupportedException(value.GetType().Name),
    };
}
