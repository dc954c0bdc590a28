using Microsoft.Extensions.Logging;

namespace MlNetSer.Testing;

/// <summary>A logger that keeps what it is told.</summary>
public sealed class LogLines : ILogger
{
    /// <summary>Levels and messages, in order.</summary>
    public List<(LogLevel Level, string Message)> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add((logLevel, formatter(state, exception)));
}
