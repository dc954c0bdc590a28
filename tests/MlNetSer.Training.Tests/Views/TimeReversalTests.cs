using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class TimeReversalTests
{
    [Fact]
    public void Turns_round_the_frames_of_the_patches_that_were_drawn_and_of_no_other()
    {
        bool[] reversed = [true, false, true];
        var patches = Patches.Random(3, seed: 1);
        using var scope = NewDisposeScope();

        var actual = TimeReversal.Apply(Patches.ToTensor(patches), reversed);

        Patches.AssertEqual([.. patches.Select((p, i) => reversed[i] ? Patches.Map((t, f) => p[100 - t, f]) : p)], actual, 0);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    public void Draws_as_many_as_asked_for(double probability)
    {
        var reversed = TimeReversal.Draw(new() { Probability = probability }, 20_000, new TrainingPosition(1, 2, 3).Random("time reversal"));

        var count = reversed.Count(r => r);
        Statistics.AssertChiSquare([count, reversed.Length - count], [probability, 1 - probability], "reversed or not");
        // Each for itself: as many changes from one to the next as independence says.
        var changes = reversed.Zip(reversed.Skip(1), (a, b) => a != b).Count(c => c);
        var changing = 2 * probability * (1 - probability);
        Statistics.AssertChiSquare([changes, reversed.Length - 1 - changes], [changing, 1 - changing], "changes");
    }

    [Fact]
    public void Draws_none_or_all_at_the_ends_of_the_range()
    {
        bool[] Draw(double probability) => TimeReversal.Draw(new() { Probability = probability }, 1000, new TrainingPosition(1, 2, 3).Random("r"));

        Assert.DoesNotContain(true, Draw(0));
        Assert.DoesNotContain(false, Draw(1));
    }
}
