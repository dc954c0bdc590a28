using System.Globalization;
using MlNetSer.Audio;
using MlNetSer.Testing;
using SkiaSharp;

namespace MlNetSer.Cli;

/// <summary>Events in recordings, by the built tool.</summary>
public sealed class TimelineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TimelineTests() => TinyEncoder.SaveClassifier(_folder.File("c.onnx"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Events_are_shown_and_written_for_other_programs()
    {
        // 3 seconds low, 4 high, 3 low.
        WavFile.Write(_folder.File("day.wav"), [.. Tone(3, 300), .. Tone(4, 6000), .. Tone(3, 300)], 22050);

        var run = ToolProcess.Run(
            _folder.Path, "predict", "--model", "c.onnx", "--timeline", "day.wav", "--hop", "250", "--out", "events.csv",
            "--audacity", "day.txt", "--png", "day.png", "--probabilities", "p.csv");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("day.wav: 0:10.0, 3 events", run.Output, StringComparison.Ordinal);
        Assert.Contains("high ▕ ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Output);
        string[][] events = [.. File.ReadAllLines(_folder.File("events.csv")).Select(line => line.Split(','))];
        Assert.Equal(["path", "onset", "offset", "label", "score"], events[0]);
        Assert.Equal(["low", "high", "low"], events[1..].Select(e => e[3]));
        // Within half a second, as patches last one.
        double[] expected = [0, 3, 3, 7, 7, 10];
        foreach (var (time, near) in events[1..].SelectMany(e => e[1..3]).Zip(expected)) Assert.Equal(near, Number(time), 0.5);
        Assert.Equal(
            events[1..].Select(e => $"{e[1]}\t{e[2]}\t{e[3]} {e[4]}"), File.ReadAllLines(_folder.File("day.txt")));

        string[][] probabilities = [.. File.ReadAllLines(_folder.File("p.csv")).Select(line => line.Split(','))];
        Assert.Equal(["path", "onset", "offset", "high", "low"], probabilities[0]);
        Assert.InRange(probabilities.Length, 36, 40);
        Assert.Equal(("0.000", "10.000"), (probabilities[1][1], probabilities[^1][2]));
        Assert.All(probabilities[1..], row => Assert.Equal(1, Number(row[3]) + Number(row[4]), 2e-4));

        using var picture = SKBitmap.Decode(_folder.File("day.png"));
        Assert.Equal((1200, 172), (picture.Width, picture.Height));
        // The lower row is of the second label: probable at first, improbable in the middle.
        Assert.True(picture.GetPixel(250, 115).Red > 200, "yellow is expected where the probability is 1");
        Assert.True(picture.GetPixel(600, 115).Red < 100, "violet is expected where it is 0");
    }

    [Fact]
    public void Several_recordings_go_into_folders_and_what_goes_wrong_is_said()
    {
        foreach (var name in (string[])["a", "b"]) SoundsOnDisk.Good(_folder.File("sounds", $"{name}.wav"));
        var run = ToolProcess.Run(_folder.Path, "predict", "-m", "c.onnx", "--timeline", "-d", "sounds", "--audacity", "labels", "--out", "e.csv");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(["a.txt", "b.txt"], Directory.GetFiles(_folder.File("labels")).Select(Path.GetFileName).Order());
        Fails(1, "--png names one file, x.png, for 2 recordings", "predict -m c.onnx --timeline sounds --png x.png");
        Fails(2, "--hop goes with --timeline", "predict -m c.onnx sounds --hop 100");
        Fails(2, "No sounds are named", "predict -m c.onnx");
    }

    private void Fails(int exitCode, string expected, string command)
    {
        var run = ToolProcess.Run(_folder.Path, command.Split(' '));
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<float> Tone(int seconds, double frequency) =>
        Enumerable.Range(0, seconds * 22050).Select(i => 0.5f * (float)Math.Sin(2 * Math.PI * frequency * i / 22050));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
