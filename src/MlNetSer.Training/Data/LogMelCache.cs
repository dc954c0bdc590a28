using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MlNetSer.Onnx;

namespace MlNetSer.Training;

/// <summary>How far the filling of a cache is.</summary>
/// <param name="Done">Files that are done, the unreadable ones included.</param>
/// <param name="Files">All files.</param>
/// <param name="Unreadable">Those of the done ones that cannot be read.</param>
public readonly record struct LogMelCacheProgress(int Done, int Files, int Unreadable);

/// <summary>
/// The log-mel spectrograms of many sound files in one memory-mapped file on disk, in half precision. A recording longer than a minute
/// becomes several clips.
/// </summary>
/// <remarks>
/// The file's name is a hash of the front end and of every sound file's path, size and time of its last change: whatever changes, another
/// file is made. Any number of processes may open the same cache at once; one fills it while the others wait. Reading is thread-safe.
/// </remarks>
public sealed class LogMelCache : IDisposable
{
    private const int BytesPerValue = 2;

    private readonly LogMelCacheIndex _index;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    internal LogMelCache(string path, LogMelCacheIndex index)
    {
        Path = path;
        _index = index;
        _file = MemoryMappedFile.CreateFromFile(
            File.OpenRead(path), mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        Normalisation = new InputNormalisation((float)index.Mean, (float)index.Std);
    }

    /// <summary>The file on disk.</summary>
    public string Path { get; }

    /// <summary>The hash of all that the spectrograms depend on.</summary>
    public string Key => _index.Key;

    /// <summary>The front end's settings.</summary>
    public LogMelSettings Settings => _index.Settings;

    /// <summary>Mean and (true) standard deviation of all values.</summary>
    public InputNormalisation Normalisation { get; }

    /// <summary>The number of clips.</summary>
    public int Count => _index.Clips.Count;

    /// <summary>Frames of all clips together.</summary>
    public long TotalFrames => _index.Clips.Sum(c => (long)c.Frames);

    /// <summary>The files that were left out.</summary>
    public IReadOnlyList<UnreadableFile> Unreadable => _index.Unreadable;

    /// <summary>Opens the cache of these files and settings, and fills it first if there is none or only a damaged one.</summary>
    /// <param name="folder">Where caches lie; it is made if absent.</param>
    /// <param name="files">Sound files, in the order that the clips will have.</param>
    /// <param name="settings">The front end.</param>
    /// <param name="progress">Told after every file while the cache is filled.</param>
    /// <param name="cancellationToken">Stops the filling; nothing is left behind.</param>
    /// <exception cref="RunException">There are no files, or more than a tenth cannot be read.</exception>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public static LogMelCache OpenOrCreate(
        string folder,
        IReadOnlyList<string> files,
        LogMelSettings settings,
        IProgress<LogMelCacheProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(settings);
        if (files.Count == 0) throw new RunException("There are no sound files to learn from.");
        var frontEnd = LogMelFrontEnd.Build(settings);
        var key = KeyOf(frontEnd.ToBytes(), files);
        Directory.CreateDirectory(folder);
        var path = PathOf(folder, key);
        var index = LogMelCacheFile.TryRead(path) ?? Fill(path, key, files, settings, frontEnd, progress, cancellationToken);
        return new LogMelCache(path, index);
    }

    /// <summary>Where in a folder the cache of a key lies.</summary>
    internal static string PathOf(string folder, string key) => System.IO.Path.Combine(folder, $"{key[..Math.Min(16, key.Length)]}.logmel");

    /// <summary>The sound file that a clip comes from.</summary>
    public string PathOf(int clip) => _index.Clips[clip].Path;

    /// <summary>The number of a clip's frames, at least those of one patch.</summary>
    public int FramesOf(int clip) => _index.Clips[clip].Frames;

    /// <summary>Copies consecutive frames of a clip.</summary>
    /// <param name="clip">The clip's number, from 0.</param>
    /// <param name="firstFrame">The first frame.</param>
    /// <param name="destination">Filled with log-mel values [frames, bands]; its length is a multiple of the number of bands.</param>
    /// <exception cref="ArgumentOutOfRangeException">The clip has no such frames.</exception>
    public void Read(int clip, int firstFrame, Span<float> destination)
    {
        var (bands, frames) = (Settings.MelBands, destination.Length / Settings.MelBands);
        ArgumentOutOfRangeException.ThrowIfNegative(firstFrame);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstFrame + (long)frames, FramesOf(clip), nameof(firstFrame));
        var offset = LogMelCacheFile.HeadSize + (_index.Clips[clip].FirstFrame + firstFrame) * bands * BytesPerValue;
        var rented = ArrayPool<Half>.Shared.Rent(destination.Length);
        var half = rented.AsSpan(0, destination.Length);
        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)offset, MemoryMarshal.AsBytes(half));
        TensorPrimitives.ConvertToSingle(half, destination);
        ArrayPool<Half>.Shared.Return(rented);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private static LogMelCacheIndex Fill(
        string path,
        string key,
        IReadOnlyList<string> files,
        LogMelSettings settings,
        OnnxModel frontEnd,
        IProgress<LogMelCacheProgress>? progress,
        CancellationToken cancellation)
    {
        using var fileLock = FileLock.Take(path + ".lock", cancellation);
        // Another one may have filled it while this one waited.
        if (LogMelCacheFile.TryRead(path) is { } filled) return filled;
        using var session = new SoundSession(frontEnd, settings);
        var builder = new LogMelCacheBuilder(settings, session);
        return LogMelCacheFile.Write(path, append => builder.Fill(key, files, append, progress, cancellation));
    }

    private static string KeyOf(byte[] frontEnd, IReadOnlyList<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(frontEnd));
        foreach (var file in files)
        {
            var info = new FileInfo(file);
            var (size, changed) = info.Exists ? (info.Length, info.LastWriteTimeUtc.Ticks) : (-1, 0);
            hash.AppendData(Encoding.UTF8.GetBytes($"{info.FullName}\0{size}\0{changed}\0"));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
