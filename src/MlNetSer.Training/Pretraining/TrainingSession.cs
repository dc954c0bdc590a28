using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>One stretch of a run, from its start or its resumption to its end or its interruption: where and how long it was trained.</summary>
internal sealed record TrainingSession
{
    public required DateTimeOffset Started { get; init; }

    /// <summary>How long it has lasted, up to the last checkpoint or the end of the last epoch; monitoring counts.</summary>
    public double Seconds { get; init; }

    /// <summary>Epochs of the run that were finished when it was last written.</summary>
    public int Epochs { get; init; }

    public required string Processor { get; init; }

    /// <summary>Threads that torch computes with.</summary>
    public required int Threads { get; init; }

    public required string Device { get; init; }

    /// <summary>Memory that the process may use, in bytes.</summary>
    public required long Memory { get; init; }

    public required string System { get; init; }

    public static TrainingSession Begin(Device device) => new()
    {
        Started = DateTimeOffset.UtcNow,
        Processor = ProcessorName(),
        Threads = get_num_threads(),
        Device = device.ToString(),
        Memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        System = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}",
    };

    /// <summary>The sessions of a run, none for runs of versions that did not write any.</summary>
    /// <exception cref="RunException">The file is damaged.</exception>
    public static IReadOnlyList<TrainingSession> Read(string runFolder)
    {
        var path = RunFolder.SessionsPath(runFolder);
        try
        {
            return File.Exists(path) ? RunJson.Read<TrainingSession[]>(File.ReadAllText(path)) : [];
        }
        catch (FormatException e)
        {
            throw new RunException($"{path} is damaged: {e.Message}. It says only where the run was trained: it may be deleted.", e);
        }
    }

    public static void Write(string runFolder, IEnumerable<TrainingSession> sessions) =>
        AtomicFile.WriteText(RunFolder.SessionsPath(runFolder), RunJson.Write(sessions.ToArray()));

    private static string ProcessorName()
    {
        const string Information = "/proc/cpuinfo", Model = "model name";
        var name = File.Exists(Information)
            ? File.ReadLines(Information).FirstOrDefault(line => line.StartsWith(Model, StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        return name ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
