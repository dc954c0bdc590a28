using MlNetSer.Onnx;
using MlNetSer.Testing;
using SkiaSharp;

namespace MlNetSer.Cli;

/// <summary>Pictures of views, by the built tool.</summary>
public sealed class ViewsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_clip_becomes_one_picture_of_all_steps()
    {
        foreach (var name in (string[])["clip", "other"]) SoundsOnDisk.Good(_folder.File("sounds", $"{name}.wav"));

        var run = ToolProcess.Run(_folder.Path, "views", "sounds/clip.wav", "--seed", "2", "--out", "views.png");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("views.png: two views of sounds/clip.wav, mixed with", run.Output, StringComparison.Ordinal);
        Assert.Contains("other.wav", run.Output, StringComparison.Ordinal);
        using var picture = SKBitmap.Decode(_folder.File("views.png"));
        Assert.Equal((1320, 780), (picture.Width, picture.Height));
        // A steady tone: along time its band is brighter than what is above, in the clip and in all eight pictures below.
        foreach (var (x, top, bottom) in new[] { (600, 45, 215) }.Concat(Pictures()))
        {
            int[] brightness = [.. Enumerable.Range(top, bottom - top).Select(y => picture.GetPixel(x, y).Green + picture.GetPixel(x, y).Red)];
            Assert.True(brightness.Max() > brightness.Min() + 100, $"at {x}, {top} to {bottom} there is no band of a tone");
        }

        static IEnumerable<(int, int, int)> Pictures() => from row in Enumerable.Range(1, 2)
                                                          from column in Enumerable.Range(0, 4)
                                                          select ((column * 330) + 180, (row * 260) + 45, (row * 260) + 215);
    }

    [Fact]
    public void What_cannot_be_drawn_is_said_in_one_line()
    {
        SoundsOnDisk.Bad(_folder.File("text.wav"));
        foreach (var (file, named) in (ReadOnlySpan<(string, string)>)[("text.wav", "text.wav"), ("gone.wav", "gone.wav")])
        {
            var run = ToolProcess.Run(_folder.Path, "views", file);
            Assert.Equal((1, ""), (run.ExitCode, run.Output));
            Assert.Contains(named, Assert.Single(run.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        }
        Assert.False(File.Exists(_folder.File("views.png")));
    }

    [Fact]
    public void Round_frequencies_lie_where_their_bands_are()
    {
        // Bands centred on 66.7 Hz apart from 66.7 Hz on.
        var settings = new LogMelSettings { MinFrequency = 0, MaxFrequency = 1000, MelBands = 14 };
        var ticks = MelAxis.TicksOf(settings).ToArray();
        Assert.Equal(["200", "500"], ticks.Select(t => t.Label));
        // 200 Hz is the middle of the third band, 500 Hz half-way between those of the seventh and the eighth.
        Assert.Equal([2.5, 7.0], ticks.Select(t => Math.Round(t.Band, 9)));
    }
}
