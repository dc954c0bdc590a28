namespace MlNetSer.Training;

/// <summary>A sound file that was left out.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">Why it cannot be read, in one line that names it.</param>
public sealed record UnreadableFile(string Path, string Reason);
