using System.Reflection;
using MlNetSer.TorchOnnx;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>What went wrong, for the user: one line that names the file and says what to do.</summary>
internal sealed class Failure(string message) : Exception(Failure.OneLine(message))
{
    /// <summary>
    /// The line, or null for an exception that no input should lead to: a defect of ours, of which the stack trace is worth showing.
    /// </summary>
    public static string? Explain(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var only] } => Explain(only),
        TargetInvocationException { InnerException: { } inner } => Explain(inner),
        Failure or IOException or InvalidDataException or UnauthorizedAccessException or RunException or OnnxExportException
            or DllNotFoundException => OneLine(exception.Message),
        ArgumentException argument => OneLine(WithoutParameter(argument)),
        _ => null,
    };

    /// <summary>A message of someone else's on one line.</summary>
    public static string OneLine(string message) =>
        string.Join(' ', message.Split((char[])['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string WithoutParameter(ArgumentException exception) =>
        exception.Message.Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal);
}
