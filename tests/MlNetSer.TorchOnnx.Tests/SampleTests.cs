using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using MlNetSer.Testing;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>The samples outside sound train, export, and do in ONNX Runtime what they promise.</summary>
public class SampleTests
{
    [Theory]
    [InlineData("image-classifier.cs", "% of 300 new images right", 95, 100)]
    [InlineData("transformer-encoder.cs", "% of 500 longer sequences right", 95, 100)]
    [InlineData("lstm.cs", "of an amplitude of 1", 0, 0.15)]
    public async Task Sample_runs(string file, string claim, double low, double high)
    {
        using var folder = new TemporaryFolder();
        // As the libraries were built, so that they are not built once more.
        var configuration = typeof(SampleTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        var start = new ProcessStartInfo("dotnet", ["run", "-c", configuration, Repository.File("notebooks", file)]) { RedirectStandardOutput = true };
        // Spinning threads lose all their time when other tests run beside them.
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["TMPDIR"] = folder.Path;
        // An app's build of a GB would stay in the user's own folder for a month.
        using var built = new TemporaryFolder();
        start.Environment["XDG_DATA_HOME"] = built.Path;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
        var figure = Regex.Match(output, @"([\d.]+) " + Regex.Escape(claim));
        Assert.True(figure.Success, output);
        // The checker does not know the transformer's opset.
        if (file != "transformer-encoder.cs") Judged.AcceptFile(folder.File(Path.ChangeExtension(file, "onnx")));
        Assert.InRange(double.Parse(figure.Groups[1].Value, CultureInfo.InvariantCulture), low, high);
    }
}
