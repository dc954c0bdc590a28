namespace MlNetSer.Cli;

/// <summary>What is kept of a recording's probabilities, and how it is drawn as text.</summary>
public class TimelinePlotTests
{
    [Fact]
    public void An_hour_is_kept_in_bounded_parts_without_losing_a_peak()
    {
        var overview = Overview(["dog", "rain"], seconds: 3600, at => at is 1830 ? 0.9f : 0.125f);
        Assert.Equal(3600, overview.Seconds);
        Assert.Equal(0.9f, overview.Peak(0));
        var row = overview.Row(0, 60);
        // The minute from 1800 seconds on.
        Assert.Equal([.. Enumerable.Range(0, 60).Select(m => m == 30 ? 0.9f : 0.125f)], row);
    }

    [Fact]
    public void A_short_sound_fills_the_width_at_its_own_times()
    {
        var overview = Overview(["dog", "rain"], seconds: 2, at => at < 1 ? 1f : 0.5f);
        Assert.Equal([1, 1, 1, 1, 0.5f, 0.5f, 0.5f, 0.5f], overview.Row(0, 8));
        Assert.Equal([0, 0, 0, 0, 0.5f, 0.5f, 0.5f, 0.5f], overview.Row(1, 8));
    }

    [Fact]
    public void A_line_for_each_label_that_is_heard_below_an_axis()
    {
        var overview = new TimelineOverview(["dog", "rain", "wind"]);
        for (var i = 0; i < 20; i++) overview.Add(new(0.5 * i, 0.5 * (i + 1), new("", [i < 10 ? 1f : 0.5f, 0.02f, i == 19 ? 0.25f : 0])));
        Assert.Equal(
            [
                "      ╷0:00.0             ╷0:05.0             ╷0:10.0",
                "dog  ▕████████████████████▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▏100 %",
                "wind ▕                                      ▂▂▏ 25 %",
            ],
            TimelinePlot.Lines(overview, width: 53));
    }

    [Fact]
    public void Where_nothing_is_heard_it_says_so()
    {
        var overview = new TimelineOverview([.. Enumerable.Range(0, 40).Select(i => $"label {i}")]);
        overview.Add(new(0, 1, new("label 0", [.. Enumerable.Repeat(0.025f, 40)])));
        Assert.Equal(["No label ever has a probability of 5 %."], TimelinePlot.Lines(overview, width: 80));
    }

    [Theory]
    [InlineData(0, "0:00.0")]
    [InlineData(59.96, "1:00.0")]
    [InlineData(3723.44, "1:02:03.4")]
    [InlineData(90_000, "25:00:00.0")]
    public void Times_are_those_of_a_clock(double seconds, string clock) => Assert.Equal(clock, TimelinePlot.Clock(seconds));

    private static TimelineOverview Overview(string[] labels, int seconds, Func<double, float> first)
    {
        var overview = new TimelineOverview(labels);
        for (var at = 0.0; at < seconds; at += 0.5)
            overview.Add(new(at, at + 0.5, new(labels[0], [first(at), 1 - first(at)])));
        return overview;
    }
}
