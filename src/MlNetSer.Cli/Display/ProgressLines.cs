namespace MlNetSer.Cli;

/// <summary>Progress for log files: a line every ten seconds, more rarely the longer it takes, and one at the end.</summary>
internal sealed class ProgressLines(string title, Action<string> write, TimeProvider time) : IProgress<ProgressState>
{
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _last = TimeSpan.Zero;
    private bool _finished;

    public void Report(ProgressState value)
    {
        lock (_lock)
        {
            var elapsed = time.GetElapsedTime(_start);
            var done = value.Done >= value.Total;
            if (_finished || (!done && elapsed - _last < Interval(elapsed))) return;
            _finished = done;
            _last = elapsed;
            var share = value.Total > 0 ? value.Done / value.Total : 1;
            var left = done || share <= 0 ? $"{Clock(elapsed)} taken" : $"{Clock(elapsed * ((1 - share) / share))} left";
            write($"{title}: {100 * share:0} %, {left}{(value.Detail.Length == 0 ? "" : ", " + value.Detail)}");
        }
    }

    private static TimeSpan Interval(TimeSpan elapsed) => TimeSpan.FromTicks(Math.Max(FirstInterval.Ticks, elapsed.Ticks / 20));

    private static string Clock(TimeSpan time) => time.TotalHours >= 1 ? time.ToString(@"h\:mm\:ss") : time.ToString(@"m\:ss");
}
