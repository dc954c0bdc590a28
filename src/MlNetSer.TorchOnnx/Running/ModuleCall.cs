using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Calls a module of any signature with tensors.</summary>
internal static class ModuleCall
{
    /// <summary>Calls the module's <c>call</c>; parameters beyond the inputs are left at their defaults.</summary>
    /// <returns>The tensors that it gives, tuples laid flat.</returns>
    internal static IReadOnlyList<Tensor> Call(nn.Module module, IReadOnlyList<Tensor> inputs)
    {
        if (inputs.Count == 1 && module is nn.Module<Tensor, Tensor> simple) return [simple.call(inputs[0])];
        var method = Method(module.GetType(), inputs.Count)
            ?? throw new OnnxExportException($"{module.GetType().Name} has no call method that takes {inputs.Count} tensors");
        var arguments = Arguments(method.GetParameters(), inputs);
        try
        {
            return [.. Tensors(method.Invoke(module, arguments))];
        }
        catch (TargetInvocationException exception) when (exception.InnerException is not null)
        {
            ExceptionDispatchInfo.Throw(exception.InnerException);
            throw;
        }
    }

    private static MethodInfo? Method(Type type, int inputs) => type
        .GetMethods(BindingFlags.Instance | BindingFlags.Public)
        .Where(method => method.Name == "call" && Fits(method.GetParameters(), inputs))
        .OrderBy(method => method.GetParameters().Length)
        .ThenByDescending(method => Depth(method.DeclaringType))
        .FirstOrDefault();

    /// <summary>Whether the inputs fill the first parameters, and the others may be left out.</summary>
    private static bool Fits(ParameterInfo[] parameters, int inputs)
    {
        var filled = 0;
        foreach (var parameter in parameters)
        {
            if (filled == inputs ? !MayBeLeftOut(parameter) : (filled += TensorsIn(parameter.ParameterType)) > inputs) return false;
            if (filled < inputs && TensorsIn(parameter.ParameterType) == 0) return false;
        }
        return filled == inputs;
    }

    private static object?[] Arguments(ParameterInfo[] parameters, IReadOnlyList<Tensor> inputs)
    {
        var next = 0;
        return [.. parameters.Select(parameter => (next == inputs.Count, TensorsIn(parameter.ParameterType)) switch
        {
            (true, _) => parameter.HasDefaultValue ? parameter.DefaultValue : null,
            (false, 2) => (inputs[next++], inputs[next++]),
            _ => (object)inputs[next++],
        })];
    }

    /// <summary>A tensor, or the pair of states that an LSTM takes.</summary>
    private static int TensorsIn(Type type) => type == typeof(Tensor) ? 1 : type == typeof((Tensor, Tensor)?) || type == typeof((Tensor, Tensor)) ? 2 : 0;

    private static bool MayBeLeftOut(ParameterInfo parameter) =>
        parameter.HasDefaultValue || !parameter.ParameterType.IsValueType || Nullable.GetUnderlyingType(parameter.ParameterType) is not null;

    private static int Depth(Type? type)
    {
        var depth = 0;
        for (; type is not null; type = type.BaseType) depth++;
        return depth;
    }

    private static IEnumerable<Tensor> Tensors(object? result) => result switch
    {
        Tensor tensor => tensor.IsInvalid ? [] : [tensor],
        IEnumerable<Tensor> many => many,
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Tensors(tuple[i])),
        null => [],
        _ => throw new OnnxExportException($"the module returns {result.GetType().Name}; expected tensors"),
    };
}
