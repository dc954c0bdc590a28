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
        var arguments = method.GetParameters()
            .Select((parameter, i) => i < inputs.Count ? inputs[i] : parameter.HasDefaultValue ? parameter.DefaultValue : null)
            .ToArray();
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

    private static bool Fits(ParameterInfo[] parameters, int inputs) =>
        parameters.Length >= inputs
        && parameters.Take(inputs).All(parameter => parameter.ParameterType == typeof(Tensor))
        && parameters.Skip(inputs).All(parameter => parameter.HasDefaultValue || MayBeNull(parameter.ParameterType));

    private static bool MayBeNull(Type type) => !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;

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
