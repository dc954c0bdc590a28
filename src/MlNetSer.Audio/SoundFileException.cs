namespace MlNetSer.Audio;

/// <summary>A file that is no sound file, or one that cannot be read as sound. The message is one line that names the file.</summary>
public sealed class SoundFileException : IOException
{
    /// <summary>Creates the exception with the message "<paramref name="path"/>: <paramref name="problem"/>".</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What was found and what was expected, in one line.</param>
    /// <param name="innerException">What led to it, if anything.</param>
    public SoundFileException(string path, string problem, Exception? innerException = null)
        : base($"{path}: {problem}", innerException) => Path = path;

    /// <summary>The file, as the caller named it.</summary>
    public string Path { get; }
}
