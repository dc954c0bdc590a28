using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class ShiftTests
{
    private static readonly TrainingPosition Position = new(1, 2, 3);

    [Fact]
    public void In_time_moves_frames_towards_the_end_and_around()
    {
        int[] frames = [1, 30, 100, 101, 250];
        var patches = Patches.Random(frames.Length, seed: 1);
        using var scope = NewDisposeScope();

        var shifted = TimeShift.Apply(Patches.ToTensor(patches), frames);

        Patches.AssertEqual([.. patches.Select((p, i) => Patches.Map((t, f) => p[Before(t, frames[i], Patches.Frames), f]))], shifted, 0);
    }

    [Fact]
    public void In_frequency_moves_bands_upwards_and_around()
    {
        int[] bands = [1, 10, 95, 96, 200];
        var patches = Patches.Random(bands.Length, seed: 2);
        using var scope = NewDisposeScope();

        var shifted = FrequencyShift.Apply(Patches.ToTensor(patches), bands);

        Patches.AssertEqual([.. patches.Select((p, i) => Patches.Map((t, f) => p[t, Before(f, bands[i], Patches.Bands)]))], shifted, 0);
    }

    [Fact]
    public void Are_drawn_from_1_to_the_largest_all_equally_often()
    {
        Statistics.AssertUniform(TimeShift.Draw(new(), 30_000, Position.Random("time shift")), 1, 30);
        Statistics.AssertUniform(TimeShift.Draw(new() { MaxFrames = 100 }, 30_000, Position.Random("time shift")), 1, 100);
        Statistics.AssertUniform(FrequencyShift.Draw(new(), 30_000, Position.Random("frequency shift")), 1, 10);
        Assert.All(FrequencyShift.Draw(new() { MaxBands = 1 }, 100, Position.Random("frequency shift")), bands => Assert.Equal(1, bands));
    }

    private static int Before(int place, int shift, int size)
    {
        for (var i = 0; i < shift; i++) place = place == 0 ? size - 1 : place - 1;
        return place;
    }
}
