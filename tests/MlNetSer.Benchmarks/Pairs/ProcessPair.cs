using System.Diagnostics;

namespace MlNetSer.Benchmarks;

/// <summary>What a schedule of small tasks costs: two processes of the tool with a thread each, against one with two, over the same files.</summary>
internal static class ProcessPair
{
    private const int Files = 200;

    internal static Pair Create()
    {
        var folder = Directory.CreateTempSubdirectory("mlnetser-processes-");
        var list = Path.Combine(folder.FullName, "list.csv");
        File.WriteAllLines(list, BenchmarkSounds.Files.Take(Files).Select(file => $"{file},x").Prepend("filename,label"));
        return new(
            "processes", "files/s",
            new("2 processes, 1 thread each", () => Rate(folder, list, (0, 2, 1), (1, 2, 1))),
            new("1 process, 2 threads", () => Rate(folder, list, (0, 1, 2))),
            new Removal(folder));
    }

    private static double Rate(DirectoryInfo folder, string list, params (int Index, int Count, int Threads)[] tasks)
    {
        var parts = Path.Combine(folder.FullName, Guid.NewGuid().ToString());
        var watch = Stopwatch.StartNew();
        var processes = tasks.Select(task => Process.Start(new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "MlNetSer.Cli.dll"), "embed", "--data", list, "--out", parts,
                "--shard", $"{task.Index}/{task.Count}", "--threads", $"{task.Threads}",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!).ToArray();
        foreach (var process in processes)
        {
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException(process.StandardError.ReadToEnd());
            process.Dispose();
        }
        return Files / watch.Elapsed.TotalSeconds;
    }
}
