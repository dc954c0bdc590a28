using System.Buffers.Binary;
using System.Diagnostics;

namespace MlNetSer.Testing;

/// <summary>
/// The ONNX project's own checker (Debian package python3-onnx) as an independent judge of models. One Python process serves all tests.
/// </summary>
public sealed class OnnxChecker : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private const string Script = """
        import struct, sys
        import onnx
        print(onnx.defs.onnx_opset_version(), flush=True)
        while True:
            head = sys.stdin.buffer.read(4)
            if len(head) < 4: break
            model = sys.stdin.buffer.read(struct.unpack('<I', head)[0])
            try:
                onnx.checker.check_model(model, full_check=True)
                print('ok', flush=True)
            except Exception as e:
                print(type(e).__name__ + ': ' + ' '.join(str(e).split()), flush=True)
        """;

    private static readonly Lazy<OnnxChecker?> Shared = new(Start);

    private readonly Process _process;
    private readonly Lock _lock = new();

    private OnnxChecker(Process process, int newestOpset)
    {
        _process = process;
        NewestOpset = newestOpset;
    }

    /// <summary>The checker, or null when this machine has none. Tests that go without it must say so: see <see cref="SkipReason"/>.</summary>
    public static OnnxChecker? Instance => Shared.Value;

    public static string SkipReason => "NOT RUN: needs python3 with onnx (Debian package python3-onnx).";

    /// <summary>The newest opset that it knows.</summary>
    public int NewestOpset { get; }

    /// <summary>What is wrong with a model, or null.</summary>
    public string? Check(ReadOnlySpan<byte> model)
    {
        lock (_lock)
        {
            var head = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(head, model.Length);
            var input = _process.StandardInput.BaseStream;
            input.Write(head);
            input.Write(model);
            input.Flush();
            var verdict = _process.StandardOutput.ReadLine() ?? "the checker process ended";
            return verdict == "ok" ? null : verdict;
        }
    }

    public void Dispose() => _process.Dispose();

    private static OnnxChecker? Start()
    {
        if (!File.Exists(Python)) return null;
        var start = new ProcessStartInfo(Python) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        var process = Process.Start(start)!;
        // It ends when the test process, and with it the pipe, does.
        if (process.StandardOutput.ReadLine() is { } version) return new(process, int.Parse(version, System.Globalization.CultureInfo.InvariantCulture));
        process.Dispose();
        return null;
    }
}
