namespace MlNetSer.Cli;

/// <summary>Progress of work that reports how many of a known number of things are done.</summary>
internal sealed class Counting(IProgress<ProgressState> progress, int total) : IProgress<int>
{
    public void Report(int value) => progress.Report(new(value, total));
}
