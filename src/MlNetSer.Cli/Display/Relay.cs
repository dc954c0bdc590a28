namespace MlNetSer.Cli;

/// <summary>
/// Progress that is passed on at once, on the thread that reports it; <see cref="Progress{T}"/> would use another one, too late.
/// </summary>
internal sealed class Relay<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
