using System.Diagnostics;
using System.Runtime.InteropServices;
using Trace = SharpFuzz.Common.Trace;

namespace MlNetSer.Endurance;

/// <summary>
/// Which branches of the libraries an input takes, counted by SharpFuzz's instrumentation of a copy of them, within the process: no
/// other program is needed, and an input costs microseconds. Without instrumentation nothing is ever counted.
/// </summary>
internal sealed unsafe class Coverage : IDisposable
{
    private const int Size = 1 << 16;
    private const string Verb = "--instrumented";

    private static readonly string[] Instrumented = ["MlNetSer.Audio.dll", "MlNetSer.Onnx.dll", "MlNetSer.dll", "MlNetSer.Training.dll", "MlNetSer.Cli.dll"];

    private readonly byte* _counts = (byte*)NativeMemory.AlignedAlloc(Size, 64);
    private readonly byte[] _seen = new byte[Size];

    public Coverage()
    {
        Begin();
        Trace.SharedMem = _counts;
    }

    /// <summary>Branches that were taken at all.</summary>
    public int Edges => _seen.Count(s => s != 0);

    /// <summary>Whether this is the process with the instrumented copy; takes the mark out of the arguments.</summary>
    public static bool IsHere(ref string[] arguments)
    {
        if (arguments is not [Verb, .. var rest]) return false;
        arguments = rest;
        return true;
    }

    /// <summary>Runs this program again with an instrumented copy of the libraries.</summary>
    public static int Rerun(string[] arguments)
    {
        var (from, to) = (AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "instrumented"));
        if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
        Directory.CreateDirectory(to);
        foreach (var entry in Directory.EnumerateFileSystemEntries(from))
        {
            var (name, copy) = (Path.GetFileName(entry), Path.Combine(to, Path.GetFileName(entry)));
            if (entry == to) continue;
            if (name.StartsWith("MlNetSer", StringComparison.Ordinal) && File.Exists(entry)) File.Copy(entry, copy);
            else if (Directory.Exists(entry)) Directory.CreateSymbolicLink(copy, entry);
            else File.CreateSymbolicLink(copy, entry);
        }
        foreach (var library in Instrumented)
            SharpFuzz.Fuzzer.Instrument(Path.Combine(to, library), _ => true, SharpFuzz.Options.Value);
        var program = Path.Combine(to, Path.GetFileName(typeof(Coverage).Assembly.Location));
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, Verb, .. arguments]))!;
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Forgets the counts of the last input.</summary>
    public void Begin()
    {
        new Span<byte>(_counts, Size).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Whether the input took a branch that none before it took, or one of them many times more often.</summary>
    public bool IsNew()
    {
        var isNew = false;
        var words = new ReadOnlySpan<ulong>(_counts, Size / sizeof(ulong));
        for (var word = 0; word < words.Length; word++)
        {
            if (words[word] == 0) continue;
            for (var i = word * sizeof(ulong); i < (word + 1) * sizeof(ulong); i++)
            {
                var class_ = Class(_counts[i]);
                if ((_seen[i] | class_) == _seen[i]) continue;
                _seen[i] |= class_;
                isNew = true;
            }
        }
        return isNew;
    }

    public void Dispose()
    {
        Trace.SharedMem = null;
        NativeMemory.AlignedFree(_counts);
    }

    /// <summary>Counts as one bit each for 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127 and more, as afl-fuzz has them.</summary>
    private static byte Class(byte count) => count switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
