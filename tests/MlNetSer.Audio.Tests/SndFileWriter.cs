using System.Reflection;
using System.Runtime.InteropServices;

namespace MlNetSer.Audio.Tests;

/// <summary>Writes sound files with libsndfile's own encoders.</summary>
internal static class SndFileWriter
{
    public const int Wav = 0x010000;
    public const int Aiff = 0x020000;
    public const int Au = 0x030000;
    public const int W64 = 0x0B0000;
    public const int Flac = 0x170000;
    public const int Caf = 0x180000;
    public const int Ogg = 0x200000;
    public const int Mpeg = 0x230000;
    public const int Pcm16 = 0x0002;
    public const int MuLaw = 0x0010;
    public const int ALaw = 0x0011;
    public const int ImaAdpcm = 0x0012;
    public const int MsAdpcm = 0x0013;
    public const int Vorbis = 0x0060;
    public const int Opus = 0x0064;
    public const int LayerIII = 0x0082;
    public const int BigEndian = 0x20000000;

    private const string Library = "libsndfile";
    private const int Write = 0x20;

    static SndFileWriter() => NativeLibrary.SetDllImportResolver(
        Assembly.GetExecutingAssembly(), (name, _, _) => name == Library ? SndFileLibrary.Handle : 0);

    /// <summary>Skips the test, loudly, where libsndfile is missing.</summary>
    public static void RequireLibrary() =>
        Assert.SkipUnless(SndFileLibrary.Handle != 0, $"NOT RUN: needs libsndfile. {SndFileLibrary.HowToInstall}");

    /// <summary>Writes interleaved samples, or skips the test where this libsndfile cannot encode the format.</summary>
    public static void Save(string path, int format, int sampleRate, int channels, float[] interleaved) =>
        Save(path, format, sampleRate, channels, interleaved.Length, (file, frames) => sf_writef_float(file, interleaved, frames));

    /// <summary>The same for 16-bit integers, without a conversion on the way.</summary>
    public static void Save(string path, int format, int sampleRate, int channels, short[] interleaved) =>
        Save(path, format, sampleRate, channels, interleaved.Length, (file, frames) => sf_writef_short(file, interleaved, frames));

    private static void Save(string path, int format, int sampleRate, int channels, int samples, Func<nint, long, long> write)
    {
        RequireLibrary();
        var info = new Info { SampleRate = sampleRate, Channels = channels, Format = format };
        Assert.SkipUnless(sf_format_check(ref info) != 0, $"NOT RUN: this libsndfile cannot encode format 0x{format:X6}");
        var file = sf_open(path, Write, ref info);
        Assert.NotEqual(0, file);
        Assert.Equal(samples / channels, write(file, samples / channels));
        Assert.Equal(0, sf_close(file));
    }

    [DllImport(Library)]
    private static extern int sf_format_check(ref Info info);

    [DllImport(Library)]
    private static extern nint sf_open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode, ref Info info);

    [DllImport(Library)]
    private static extern long sf_writef_float(nint file, float[] interleaved, long frames);

    [DllImport(Library)]
    private static extern long sf_writef_short(nint file, short[] interleaved, long frames);

    [DllImport(Library)]
    private static extern int sf_close(nint file);

    [StructLayout(LayoutKind.Sequential)]
    private struct Info
    {
        public long Frames;
        public int SampleRate;
        public int Channels;
        public int Format;
        public int Sections;
        public int Seekable;
    }
}
