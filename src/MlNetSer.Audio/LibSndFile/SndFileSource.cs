using System.Runtime.InteropServices;

namespace MlNetSer.Audio;

/// <summary>Decodes a file with libsndfile.</summary>
internal sealed class SndFileSource : FrameSource
{
    /// <summary>The library keeps the reason of a failed open in one place for all threads.</summary>
    private static readonly ReaderWriterLockSlim Opening = new();

    private readonly string _path;
    private readonly SndFileHandle _file;
    private readonly SndFile.SF_INFO _info;
    private bool _hasRead;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="memory">Its bytes if they lie in memory, and the path is but a name.</param>
    /// <param name="finding">What was found that needs libsndfile, for the message if that is missing or cannot read it either.</param>
    public SndFileSource(string path, ReadOnlyMemory<byte>? memory, string finding)
    {
        if (SndFileLibrary.Handle == 0) throw MissingLibrary(path, finding);
        _path = path;
        (_file, _info) = Open(path, memory, finding);
        try
        {
            CheckDeclared(path, _info.channels, _info.samplerate);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public static SoundFileException MissingLibrary(string path, string finding) =>
        new(path, $"{finding}; reading it needs libsndfile, which was not found. {SndFileLibrary.HowToInstall}");

    public override int SampleRate => _info.samplerate;

    public override int Channels => _info.channels;

    /// <inheritdoc/>
    /// <remarks>The library tells the greatest number there is when it does not know; damaged headers tell others beyond belief.</remarks>
    public override long? Frames => _info.frames is >= 0 and < long.MaxValue / SampleRates.Highest ? _info.frames : null;

    public override long ExpectedFrames => Math.Min(Frames ?? 0, 1 << 20);

    public override unsafe int ReadFrames(Span<float> interleaved)
    {
        var frames = interleaved.Length / Channels;
        int read;
        fixed (float* first = interleaved) read = (int)SndFile.sf_readf_float(_file, first, frames);
        // What could be decoded of a truncated file is of use; a file of which nothing could be decoded is not.
        if (read == 0 && !_hasRead && Frames != 0)
            throw new SoundFileException(_path, $"holds no sound that could be decoded ({Reason()}); its header declares {Frames} frames");
        _hasRead = true;
        return read;
    }

    public override void Dispose() => _file.Dispose();

    private string Reason() => SndFile.sf_error(_file) == 0 ? "it ends early" : SndFile.Error(_file);

    private static (SndFileHandle File, SndFile.SF_INFO Info) Open(string path, ReadOnlyMemory<byte>? memory, string finding)
    {
        Opening.EnterReadLock();
        try
        {
            if (TryOpen(path, memory) is { File.IsInvalid: false } opened) return opened;
        }
        finally
        {
            Opening.ExitReadLock();
        }
        Opening.EnterWriteLock();
        try
        {
            var again = TryOpen(path, memory);
            if (!again.File.IsInvalid) return again;
            throw new SoundFileException(path, $"{finding}; {SndFile.Version()} cannot read it: {SndFile.Error(again.File)}");
        }
        finally
        {
            Opening.ExitWriteLock();
        }
    }

    private static (SndFileHandle File, SndFile.SF_INFO Info) TryOpen(string path, ReadOnlyMemory<byte>? memory)
    {
        if (memory is { } content) return TryOpen(content);
        var info = default(SndFile.SF_INFO);
        var file = OperatingSystem.IsWindows()
            ? SndFile.sf_wchar_open(path, SndFile.SFM_READ, ref info)
            : SndFile.sf_open(path, SndFile.SFM_READ, ref info);
        return (file, info);
    }

    private static (SndFileHandle File, SndFile.SF_INFO Info) TryOpen(ReadOnlyMemory<byte> content)
    {
        var info = default(SndFile.SF_INFO);
        var memory = GCHandle.Alloc(new SndFileMemory(content));
        var file = SndFile.sf_open_virtual(SndFileMemory.Callbacks, SndFile.SFM_READ, ref info, GCHandle.ToIntPtr(memory));
        if (file.IsInvalid) memory.Free();
        else file.Memory = memory;
        return (file, info);
    }
}
