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
    IReadOnlyList<UnreadableFile> Unreadable)
{
    /// <summary>Whether all that it names lies in the data: a checksum says that a file is whole, not that this library wrote it.</summary>
    public bool Fits(long dataSize)
    {
        try
        {
            Settings.Validate();
        }
        catch (ArgumentException)
        {
            return false;
        }
        var frames = dataSize / (sizeof(short) * Settings.MelBands);
        return float.IsFinite((float)Mean) && float.IsFinite((float)Std) && Std >= 0
            && Clips.All(c => c is { Path: not null } && c.Frames >= Settings.PatchFrames && c.FirstFrame >= 0 && c.FirstFrame <= frames - c.Frames)
            && Unreadable.All(u => u is { Path: not null, Reason: not null });
    }
}

/// <summary>One clip of a cache file: which part of it, and of which sound.</summary>
/// <param name="Path">The sound file.</param>
/// <param name="FirstFrame">Its first frame among those of all clips.</param>
/// <param name="Frames">How many it has.</param>
internal sealed record CachedClip(string Path, long FirstFrame, int Frames);

/// <summary>Reads and writes the index without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LogMelCacheIndex))]
internal sealed partial class LogMelCacheJson : JsonSerializerContext;
