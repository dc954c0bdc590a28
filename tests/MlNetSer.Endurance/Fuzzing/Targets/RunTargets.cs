using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MlNetSer.Cli;
using MlNetSer.Testing;
using MlNetSer.Training;

namespace MlNetSer.Endurance;

/// <summary>What runs and sweeps write and read: caches and JSON.</summary>
internal static class RunTargets
{
    private static readonly TemporaryFolder Folder = new();

    /// <summary>A damaged cache is none, and is made anew: nothing is thrown but by this class, which counts it.</summary>
    public static FuzzTarget Cache { get; } = new("cache", ReadCache, e => e is NoCacheException)
    {
        Tokens = Texts("MLNSLM01", "\"clips\":", "\"firstFrame\":", "\"frames\":", "null", "-1", "9223372036854775807", "2147483647", "\"melBands\":", "[]", "{}", "1e999"),
        Repair = RepairCache,
    };

    private static readonly Dictionary<char, (Action<byte[]> Read, Func<Exception, bool> IsDocumented)> Readers = new()
    {
        ['r'] = (text => RunDescription.Parse("run.json", Encoding.UTF8.GetString(text)), e => e is RunException),
        ['p'] = (text => PretrainSettings.FromFile(Written("settings.json", text)), e => e is RunException),
        ['d'] = (text => DownstreamSettings.FromJson(Encoding.UTF8.GetString(text)), e => e is FormatException or ArgumentException),
        ['s'] = (text => TrainingSession.Read(Path.GetDirectoryName(Written("sessions.json", text))!), e => e is RunException),
        ['c'] = (text => _ = CurvePoint.Read(Written("curve.csv", text)).ToArray(), e => e is RunException),
        ['w'] = (text => SweepPlan.Read(Written("plan.json", text)), e => e is Failure),
        ['x'] = (text => SweepResult.TryRead(Path.GetDirectoryName(Written("result.json", text))!, []), e => e is Failure),
        ['t'] = (text => StageResult.TryRead(Written("stage.json", text)), e => e is Failure),
        ['e'] = (text => ReproducePlan.Read(Written("reproduce.json", text)), e => e is Failure),
    };

    /// <summary>JSON and curves. The first letter says which of the readers gets the rest.</summary>
    public static FuzzTarget Json { get; } = new("json", ReadJson, e => e is not UndocumentedException)
    {
        Tokens = Texts(
            "null", "true", "{", "}", "[", "]", ":", ",", "\"", "\\u0000", "-1", "0.5", "1e999", "2147483648", "9223372036854775808", "\"format\":", "\"settings\":", "\"views\":", "\"synthesis\":",
            "\"precision\":\"Full\"", "\"base\":{}", "\"variants\":{\"a\":{}}", "\"milestones\":[", "//", "/*", "\n", "NaN"),
    };

    private static void ReadCache(byte[] content)
    {
        var path = Written("fuzzed.logmel", content);
        if (LogMelCacheFile.TryRead(path) is not { } index) throw new NoCacheException();
        using var cache = new LogMelCache(path, index);
        var frame = new float[cache.Settings.MelBands];
        for (var clip = 0; clip < cache.Count; clip++)
        {
            _ = cache.PathOf(clip).Length;
            cache.Read(clip, 0, frame);
            cache.Read(clip, cache.FramesOf(clip) - 1, frame);
        }
    }

    private static byte[] RepairCache(byte[] content)
    {
        var at = content.AsSpan().LastIndexOf("{\"key\""u8);
        if (at < LogMelCacheFile.HeadSize) return content;
        "MLNSLM01"u8.CopyTo(content);
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(8), at - LogMelCacheFile.HeadSize);
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(16), content.Length - at);
        SHA256.HashData(content.AsSpan(LogMelCacheFile.HeadSize), content.AsSpan(24));
        return content;
    }

    private static void ReadJson(byte[] content)
    {
        if (content.Length == 0 || !Readers.TryGetValue((char)content[0], out var reader)) return;
        try
        {
            reader.Read(content[1..]);
        }
        catch (Exception e) when (!reader.IsDocumented(e))
        {
            throw new UndocumentedException(e);
        }
    }

    private static string Written(string name, ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(Folder.Path, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private sealed class NoCacheException : Exception;

    /// <summary>One reader's documented exceptions are another's defects.</summary>
    private sealed class UndocumentedException(Exception inner) : Exception(inner.ToString());
}
