namespace MlNetSer.Audio;

/// <summary>
/// Sound files as mono waveforms. WAV is read in managed code; FLAC, Ogg Vorbis, Opus, MP3, AIFF and others through libsndfile,
/// which must be installed for them. What a file is, its content tells, not its name.
/// </summary>
/// <remarks>All members are thread-safe.</remarks>
public static class SoundFile
{
    /// <summary>The file name extensions that <see cref="Find"/> takes for sound, in lower case with the dot.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
        [".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".snd", ".caf", ".w64", ".rf64"];

    /// <summary>Whether the name ends with one of <see cref="Extensions"/>, in upper or lower case.</summary>
    /// <param name="path">A file name or path; the file need not exist.</param>
    public static bool HasSoundExtension(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>
    /// The sound files in a folder and all its sub-folders, by extension, in ordinal order of their paths. Hidden files and folders (a
    /// name that begins with a dot) are left out; links to folders are followed, each folder once.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <returns>Paths that begin with <paramref name="folder"/> as it was given; empty if there is no sound.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder in it may not be read.</exception>
    public static IReadOnlyList<string> Find(string folder) => SoundFolder.Find(folder);

    /// <summary>Opens a file at its own sample rate.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="SoundFileException">It is no sound file, is damaged beyond use, or needs libsndfile, which is missing.</exception>
    public static SoundReader Open(string path) => new(path, SoundFormats.Open(path, SoundBytes.OfFile(path)), null);

    /// <summary>Opens a file and resamples it while it is read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sampleRate">The rate of the samples that are read, in Hz.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="SoundFileException">It is no sound file, is damaged beyond use, or needs libsndfile, which is missing.</exception>
    public static SoundReader Open(string path, int sampleRate)
    {
        SampleRates.Check(sampleRate);
        return new(path, SoundFormats.Open(path, SoundBytes.OfFile(path)), sampleRate);
    }

    /// <summary>Opens a sound file that lies in memory and resamples it while it is read.</summary>
    /// <param name="content">The bytes of the file, which must not change while it is read.</param>
    /// <param name="name">What messages call it; any text.</param>
    /// <param name="sampleRate">The rate of the samples that are read, in Hz.</param>
    /// <exception cref="SoundFileException">It is no sound file, is damaged beyond use, or needs libsndfile, which is missing.</exception>
    public static SoundReader Open(ReadOnlyMemory<byte> content, string name, int sampleRate)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        SampleRates.Check(sampleRate);
        return new(name, SoundFormats.Open(name, SoundBytes.InMemory(content)), sampleRate);
    }

    /// <summary>Reads a whole file: decoded, averaged over its channels, resampled.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sampleRate">The sample rate of the result in Hz, whatever the file's own.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The samples, nominally in [-1, 1]; empty if the file holds a header and no sound.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="SoundFileException">
    /// It is no sound file, is damaged beyond use, has NaN or infinite samples, is too long for one array, or needs libsndfile, which is
    /// missing.
    /// </exception>
    /// <exception cref="OperationCanceledException">The reading was stopped.</exception>
    public static float[] ReadMono(string path, int sampleRate, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var reader = Open(path, sampleRate);
        return ReadAll(reader, cancellationToken);
    }

    /// <summary>Reads a whole file that lies in memory, as <see cref="ReadMono(string, int, CancellationToken)"/> does one on disk.</summary>
    /// <param name="content">The bytes of the file.</param>
    /// <param name="name">What messages call it; any text.</param>
    /// <param name="sampleRate">The sample rate of the result in Hz, whatever the file's own.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The samples, nominally in [-1, 1]; empty if the file holds a header and no sound.</returns>
    /// <exception cref="SoundFileException">As for a file on disk.</exception>
    /// <exception cref="OperationCanceledException">The reading was stopped.</exception>
    public static float[] ReadMono(ReadOnlyMemory<byte> content, string name, int sampleRate, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var reader = Open(content, name, sampleRate);
        return ReadAll(reader, cancellationToken);
    }

    private static float[] ReadAll(SoundReader reader, CancellationToken cancellationToken)
    {
        const int Step = 1 << 18;
        var samples = GC.AllocateUninitializedArray<float>((int)Math.Min(reader.ExpectedFrames, Array.MaxLength));
        var count = 0;
        Span<float> beyond = stackalloc float[1];
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (count == samples.Length)
            {
                if (reader.Read(beyond) == 0) return samples;
                Array.Resize(ref samples, Grown(reader.Path, count));
                samples[count++] = beyond[0];
            }
            var wanted = Math.Min(Step, samples.Length - count);
            var read = reader.Read(samples.AsSpan(count, wanted));
            count += read;
            if (read < wanted) break;
        }
        Array.Resize(ref samples, count);
        return samples;
    }

    private static int Grown(string path, int length) => length < Array.MaxLength
        ? (int)Math.Min(Math.Max(2L * length, 4096), Array.MaxLength)
        : throw new SoundFileException(path, $"is longer than {Array.MaxLength} samples; expected less, or read it piece by piece");
}
