using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class FrequencyResponseTests
{
    [Fact]
    public void Adds_gains_that_run_straight_from_point_to_point()
    {
        using var scope = NewDisposeScope();
        var patches = Patches.Random(2, seed: 3);
        float[] gains = [1, -1, 0.5f, 0, 0.25f, 0.5f];

        var changed = FrequencyResponse.Apply(Patches.ToTensor(patches), gains, points: 3);

        var expected = patches.Select((patch, p) => Patches.Map((t, f) =>
        {
            // 96 bands are 95 steps, and the second point lies in the middle of them.
            var at = f / 47.5;
            var (from, to) = at < 1 ? (gains[3 * p], gains[(3 * p) + 1]) : (gains[(3 * p) + 1], gains[(3 * p) + 2]);
            return patch[t, f] + from + ((to - from) * (at < 1 ? at : at - 1));
        }));
        Patches.AssertEqual([.. expected], changed, 1e-5);
    }
}
