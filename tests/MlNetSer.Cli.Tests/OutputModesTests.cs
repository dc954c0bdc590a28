using System.Text.Json;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>Results for programs, and quiet: the same for every verb.</summary>
public sealed class OutputModesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public OutputModesTests()
    {
        TinyEncoder.Save(_folder.File("tiny.onnx"));
        TinyEncoder.SaveClassifier(_folder.File("c.onnx"));
        foreach (var (label, name) in (ReadOnlySpan<(string, string)>)[("cat", "1"), ("cat", "2"), ("dog", "3"), ("dog", "4")])
            SoundsOnDisk.Good(_folder.File("sounds", label, $"{name}.wav"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Json_is_one_value_on_standard_output_and_the_rest_is_on_standard_error()
    {
        Assert.Equal(96, Json("info {0}/tiny.onnx").GetProperty("embeddingSize").GetInt32());
        var embedded = Json("embed -m {0}/tiny.onnx -d {0}/sounds -o {0}/e.parquet");
        Assert.Equal((4, 0), (embedded.GetProperty("embeddings").GetInt32(), embedded.GetProperty("unreadable").GetArrayLength()));
        Assert.Equal(4, Json("embed -m {0}/tiny.onnx -d {0}/sounds -o {0}/parts").GetProperty("embeddings").GetInt32());
        Assert.Equal(4, Json("embed --merge {0}/parts").GetProperty("sounds").GetInt64());
        var similar = Json("similar -i {0}/e.parquet -q {0}/sounds/cat/1.wav -m {0}/tiny.onnx --top 3");
        Assert.Equal(1, similar[0].GetProperty("similarity").GetDouble(), 1e-3);
        Assert.Equal(3, similar.GetArrayLength());
        var report = Json("evaluate -m {0}/tiny.onnx -d {0}/sounds --folds 2 --heads knn").GetProperty("reports")[0];
        Assert.Equal("cat", report.GetProperty("labels")[0].GetString());
        var predictions = Json("predict -m {0}/c.onnx {0}/sounds");
        Assert.Equal(("low", 4), (predictions[0].GetProperty("label").GetString(), predictions.GetArrayLength()));
        var events = Json("predict -m {0}/c.onnx --timeline {0}/sounds/cat/1.wav")[0].GetProperty("events");
        Assert.Equal((0, 0.5), (events[0].GetProperty("onset").GetDouble(), events[0].GetProperty("offset").GetDouble()));
        Assert.Contains("esc50", Json("download").EnumerateArray().Select(d => d.GetProperty("key").GetString()));
    }

    [Fact]
    public void Quiet_leaves_results_warnings_and_errors()
    {
        var (exit, output, error) = Run("embed -m {0}/tiny.onnx -d {0}/sounds -o {0}/e.csv --quiet");
        Assert.Equal((0, ""), (exit, error));
        Assert.StartsWith("4 embeddings", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Next:", Run("download --quiet").Output, StringComparison.Ordinal);
        Assert.Contains("Next: mlnetser download", Run("download").Output, StringComparison.Ordinal);
        for (var i = 0; i < 10; i++) SoundsOnDisk.Good(_folder.File("sounds", "dog", $"more{i}.wav"));
        SoundsOnDisk.Bad(_folder.File("sounds", "dog", "text.wav"));
        Assert.Contains("1 of 15 sounds cannot be read", Run("embed -m {0}/tiny.onnx -d {0}/sounds -o {0}/e.csv --quiet").Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("info {0}/gone.onnx --json --quiet", 1, "gone.onnx")]
    [InlineData("predict -m {0}/c.onnx --json", 2, "No sounds are named")]
    public void Errors_are_a_line_in_every_mode(string command, int exitCode, string named)
    {
        var (exit, output, error) = Run(command);
        Assert.Equal((exitCode, ""), (exit, output));
        Assert.Contains(named, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private JsonElement Json(string command)
    {
        var (exit, output, error) = Run(command + " --json");
        Assert.True(exit == 0, error);
        Assert.DoesNotContain('{', error);
        return JsonDocument.Parse(output).RootElement;
    }

    /// <summary>In this process: what is tested here is what is written, not that the tool starts.</summary>
    private (int Exit, string Output, string Error) Run(string command)
    {
        using StringWriter output = new(), error = new();
        var exit = Tool.Run([.. command.Split(' ').Select(word => word.Replace("{0}", _folder.Path, StringComparison.Ordinal))], new(output, null, error, null));
        return (exit, output.ToString(), error.ToString());
    }
}
