using System.Diagnostics;

namespace MlNetSer.Testing;

/// <summary>
/// The ONNX project's own checker (Debian package python3-onnx) as an independent judge of models. One Python process serves all tests.
/// </summary>
public sealed class OnnxChecker : IDisposable
{
    private const string Python = "/usr/bin/python3";

    // By path, models may have their weights in a file beside them. With its own full_check it would write what it inferred into the model.
    private const string Script = """
        import os, sys
        import onnx
        print(onnx.defs.onnx_opset_version(), flush=True)
        for line in sys.stdin:
            path = line.rstrip('\n')
            try:
                onnx.checker.check_model(path)
                onnx.shape_inference.infer_shapes_path(path, os.devnull, check_type=True, strict_mode=True)
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
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("model.onnx"), model);
        return CheckFile(folder.File("model.onnx"));
    }

    /// <summary>What is wrong with a model in a file, weights beside it included, or null.</summary>
    public string? CheckFile(string path)
    {
        lock (_lock)
        {
            _process.StandardInput.WriteLine(path);
            _process.StandardInput.Flush();
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
