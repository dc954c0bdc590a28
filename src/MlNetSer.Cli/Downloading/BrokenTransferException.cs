namespace MlNetSer.Cli;

/// <summary>A transfer that did not come to its end, but may the next time.</summary>
internal sealed class BrokenTransferException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>When the server asks to be tried again, if it does.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
