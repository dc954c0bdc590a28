using System.Diagnostics;

namespace MlNetSer.Cli;

/// <summary>
/// The progress of a transfer for people. What was there before does not count as done, so that rate and time left are those of this time.
/// </summary>
/// <param name="progress">Where it is shown.</param>
/// <param name="estimate">How long the file is, about, where the server does not say.</param>
internal sealed class TransferProgress(IProgress<ProgressState> progress, long? estimate) : IProgress<Transfer>
{
    private readonly long _begun = Stopwatch.GetTimestamp();
    private long? _start;

    public void Report(Transfer value)
    {
        _start = Math.Min(_start ?? value.Start, value.Start);
        var came = value.Done - _start.Value;
        var rate = came / Math.Max(Stopwatch.GetElapsedTime(_begun).TotalSeconds, 1e-3);
        var total = value.Total is { } known ? $" of {ByteCount.Text(known)}" : "";
        var all = value.Total ?? Math.Max(estimate ?? 0, value.Done + 1);
        progress.Report(new(came, all - _start.Value, $"{ByteCount.Text(value.Done)}{total}, {Now()}"));

        string Now() => value.Trouble.Length > 0 ? value.Trouble : $"{ByteCount.Text(rate)}/s";
    }
}
