namespace MlNetSer.Training.Tests;

public class StepRandomTests
{
    private static readonly TrainingPosition Position = new(1, 2, 3);

    [Fact]
    public void Depends_on_seed_epoch_step_and_purpose_only()
    {
        static ulong First(TrainingPosition position, string purpose) => position.Random(purpose).NextBits();

        Assert.Equal(First(Position, "a"), First(Position, "a"));
        ulong[] all =
        [
            First(Position, "a"), First(Position, "b"), First(Position, "aa"), First(new(2, 1, 3), "a"), First(new(1, 3, 2), "a"),
            First(new(3, 2, 1), "a"), First(new(1, 2, -1), "a"), First(new(-1, 2, 3), "a"),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void Gives_uniform_numbers_that_do_not_follow_those_of_the_next_step()
    {
        var here = Position.Random("a").Uniform(-1, 1, 50_000);
        var next = (Position with { Step = 4 }).Random("a").Uniform(-1, 1, 50_000);

        Assert.All(here, v => Assert.InRange(v, -1, 1));
        Assert.Equal(0, here.Average(), 0.01);
        Assert.Equal(1 / 3.0, here.Average(v => (double)v * v), 0.01);
        Assert.Equal(0, here.Zip(next, (a, b) => (double)a * b).Average(), 0.01);
        Assert.Equal(0, here.Zip(here.Skip(1), (a, b) => (double)a * b).Average(), 0.01);
    }

    [Fact]
    public void Reaches_every_whole_number_below_the_count_equally_often()
    {
        var random = Position.Random("a");
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++) counts[random.Below(7)]++;

        Assert.All(counts, c => Assert.InRange(c, 9_600, 10_400));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Below(0));
    }

    [Fact]
    public void Permutes_without_preference()
    {
        var random = Position.Random("a");
        var firsts = new int[5];
        for (var i = 0; i < 20_000; i++)
        {
            var order = random.Permutation(5);
            Assert.Equal([0, 1, 2, 3, 4], order.Order());
            firsts[order[0]]++;
        }
        Assert.All(firsts, c => Assert.InRange(c, 3_750, 4_250));
        Assert.Empty(random.Permutation(0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void Two_others_are_all_pairs_of_the_others_equally_often(int one)
    {
        var random = new TrainingPosition(Seed: 1, Epoch: 2, Step: 3).Random("others");
        var pairs = Enumerable.Range(0, 12_000).Select(_ => random.TwoOthers(one, 5)).CountBy(pair => pair).ToDictionary();
        // 4 x 3 of them, 1,000 times each but for 30 (one standard deviation).
        Assert.Equal(12, pairs.Count);
        Assert.All(pairs.Keys, pair => Assert.Equal(3, new HashSet<int> { one, pair.First, pair.Second }.Count));
        Assert.All(pairs.Values, count => Assert.InRange(count, 850, 1150));
    }
}
