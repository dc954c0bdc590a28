using System.Diagnostics;
using System.Globalization;
using MlNetSer.Cli;

namespace MlNetSer.Benchmarks;

/// <summary>How long a search takes by the clock and of the processors' time, which other load does not change, and what memory it needs.</summary>
internal static class SearchSpeed
{
    internal static int Measure(string folder, TextWriter output)
    {
        using var index = new EmbeddingIndex([folder]);
        var random = new Random(1);
        var query = new float[512];
        for (var i = 0; i < query.Length; i++) query[i] = random.NextSingle() - 0.5f;
        output.WriteLine("| rows | seconds | processor seconds | memory at most, MB |");
        output.WriteLine("| ---: | ---: | ---: | ---: |");
        for (var round = 0; round < 6; round++)
        {
            using var process = Process.GetCurrentProcess();
            var (watch, before) = (Stopwatch.StartNew(), process.TotalProcessorTime);
            index.Search(new SimilaritySearch([query]), include: null, Environment.ProcessorCount, default);
            var seconds = watch.Elapsed.TotalSeconds;
            process.Refresh();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {index.Rows} | {seconds:0.00} | {(process.TotalProcessorTime - before).TotalSeconds:0.00} | {process.PeakWorkingSet64 / 1e6:0} |"));
        }
        return 0;
    }
}
