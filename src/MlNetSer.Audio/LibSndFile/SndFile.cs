using System.Runtime.InteropServices;

namespace MlNetSer.Audio;

/// <summary>The calls into libsndfile, under its names.</summary>
internal static partial class SndFile
{
    public const int SFM_READ = 0x10;

    private const string Library = "libsndfile";

    static SndFile() => NativeLibrary.SetDllImportResolver(
        typeof(SndFile).Assembly, static (name, _, _) => name == Library ? SndFileLibrary.Handle : 0);

    /// <summary>An open file; 0 if it could not be opened. <paramref name="path"/> is UTF-8: not for Windows.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SndFileHandle sf_open(string path, int mode, ref SF_INFO info);

    /// <summary>The same for Windows.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf16)]
    public static partial SndFileHandle sf_wchar_open(string path, int mode, ref SF_INFO info);

    /// <summary>The same for a file that callbacks read. They get <paramref name="user"/>.</summary>
    [LibraryImport(Library)]
    public static partial SndFileHandle sf_open_virtual(in SndFileMemory.SF_VIRTUAL_IO callbacks, int mode, ref SF_INFO info, nint user);

    [LibraryImport(Library)]
    public static partial int sf_close(nint file);

    [LibraryImport(Library)]
    public static unsafe partial long sf_readf_float(SndFileHandle file, float* interleaved, long frames);

    /// <summary>0, or a number that stands for what went wrong in the last call.</summary>
    [LibraryImport(Library)]
    public static partial int sf_error(SndFileHandle file);

    /// <summary>What went wrong in the last call, in words.</summary>
    [LibraryImport(Library)]
    private static partial nint sf_strerror(SndFileHandle file);

    [LibraryImport(Library)]
    private static partial nint sf_version_string();

    public static string Error(SndFileHandle file) => OneLine(Marshal.PtrToStringUTF8(sf_strerror(file)));

    /// <summary>Name and version, as "libsndfile-1.2.0".</summary>
    public static string Version() => OneLine(Marshal.PtrToStringUTF8(sf_version_string()));

    private static string OneLine(string? text) =>
        text?.ReplaceLineEndings(" ").Trim().TrimEnd('.') is { Length: > 0 } line ? line : "unknown";

    [StructLayout(LayoutKind.Sequential)]
    public struct SF_INFO
    {
        public long frames;
        public int samplerate;
        public int channels;
        public int format;
        public int sections;
        public int seekable;
    }
}

/// <summary>An open file of libsndfile.</summary>
internal sealed class SndFileHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    /// <summary>What the file is read from, kept alive until it is closed.</summary>
    public GCHandle Memory { get; set; }

    protected override bool ReleaseHandle()
    {
        var closed = SndFile.sf_close(handle) == 0;
        if (Memory.IsAllocated) Memory.Free();
        return closed;
    }
}
