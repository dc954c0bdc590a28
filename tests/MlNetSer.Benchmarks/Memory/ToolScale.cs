using System.Globalization;
using MlNetSer.Audio;
using MlNetSer.Testing;

namespace MlNetSer.Benchmarks;

/// <summary>What <c>mlnetser embed</c> takes in time and memory, from one clip to hours and to many clips.</summary>
internal static class ToolScale
{
    private const int Cold = 5;
    private const int FewClips = 1_000;
    private const double Megabyte = 1e6;

    internal static int Measure(int clips, TextWriter output)
    {
        using var folder = new TemporaryFolder();
        output.WriteLine("| `mlnetser embed` | seconds | ms per second of sound, or clip | most memory, MB |");
        output.WriteLine("| --- | ---: | ---: | ---: |");
        var first = List("one.csv", 1);
        var cold = Enumerable.Range(0, Cold).Select(_ => Run(first)).OrderBy(run => run.Seconds).ElementAt(Cold / 2);
        Line($"one clip, a cold process, the median of {Cold}", cold, 1);
        foreach (var minutes in new[] { 2, 120 })
        {
            var recording = Recording(folder.File($"{minutes}.wav"), minutes);
            Line($"a recording of {minutes} minutes", Run(Table($"{minutes}.csv", [recording])), minutes * 60);
        }
        foreach (var count in new[] { FewClips, clips }) Line($"{count} clips of 5 s", Run(List($"{count}-clips.csv", count)), count);
        return 0;

        ToolRun Run(string table) => ToolRun.Of("embed", "--data", table, "--out", folder.File("embeddings.csv"), "--quiet");

        void Line(string what, ToolRun run, int units) => output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {what} | {run.Seconds:f2} | {1000 * run.Seconds / units:f2} | {run.PeakBytes / Megabyte:f0} |"));

        // The same clips under other names: links, as the system has the files themselves in memory anyway.
        string List(string name, int count)
        {
            var links = Directory.CreateDirectory(folder.File($"{count}")).FullName;
            var sounds = BenchmarkSounds.Files;
            return Table(name, Enumerable.Range(0, count).Select(i =>
            {
                var link = Path.Combine(links, string.Create(CultureInfo.InvariantCulture, $"{i}{Path.GetExtension(sounds[i % sounds.Count])}"));
                File.CreateSymbolicLink(link, sounds[i % sounds.Count]);
                return link;
            }));
        }

        string Table(string name, IEnumerable<string> sounds)
        {
            File.WriteAllLines(folder.File(name), sounds.Select(sound => $"{sound},x").Prepend("filename,label"));
            return folder.File(name);
        }
    }

    /// <summary>A recording made of the clips, one after the other.</summary>
    private static string Recording(string path, int minutes)
    {
        const int Rate = 22_050;
        var samples = new List<float>(minutes * 60 * Rate);
        foreach (var sound in Enumerable.Repeat(BenchmarkSounds.Files, int.MaxValue).SelectMany(files => files))
        {
            samples.AddRange(SoundFile.ReadMono(sound, Rate));
            if (samples.Count >= minutes * 60 * Rate) break;
        }
        WavFile.Write(path, [.. samples.Take(minutes * 60 * Rate)], Rate);
        return path;
    }
}
