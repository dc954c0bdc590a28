using System.Text.Json.Serialization;
using MlNetSer.Onnx;

namespace MlNetSer.Training;

/// <summary>What a cache file says about its spectrograms.</summary>
internal sealed record LogMelCacheIndex(
    string Key,
    LogMelSettings Settings,
    double Mean,
    double Std,
    IReadOnlyList<CachedClip> Clips,
    IReadOnlyList<UnreadableFile> Unreadable);

/// <summary>One clip of a cache file: which part of it, and of which sound.</summary>
/// <param name="Path">The sound file.</param>
/// <param name="FirstFrame">Its first frame among those of all clips.</param>
/// <param name="Frames">How many it has.</param>
internal sealed record CachedClip(string Path, long FirstFrame, int Frames);

/// <summary>Reads and writes the index without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LogMelCacheIndex))]
internal sealed partial class LogMelCacheJson : JsonSerializerContext;
