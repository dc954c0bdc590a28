namespace MlNetSer;

/// <summary>What bulk embedding gave for one file: either a vector or an error.</summary>
/// <param name="Path">The file, as the caller named it.</param>
/// <param name="Vector">The embedding, or null if the file could not be read.</param>
/// <param name="Error">Why the file could not be read, in one line that names it, or null.</param>
public sealed record SoundEmbedding(string Path, float[]? Vector, string? Error);

/// <summary>A sound file that was left out because it could not be read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Error">Why, in one line that names it.</param>
public sealed record UnreadableSound(string Path, string Error);
