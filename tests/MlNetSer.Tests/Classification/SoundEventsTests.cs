namespace MlNetSer.Tests;

/// <summary>Timelines of half-second stretches, and the events in them, worked out by hand.</summary>
public class SoundEventsTests
{
    private static readonly string[] Labels = ["dog", "rain"];

    [Fact]
    public void An_event_lasts_as_long_as_the_threshold_is_reached()
    {
        //                0    .5   1    1.5  2    2.5  3
        var events = Find([0.1, 0.5, 0.9, 0.6, 0.49, 0.0], threshold: 0.5f, merge: 0);
        Assert.Equal([new("dog", 0.5, 2, 0.9f)], events.Where(e => e.Label == "dog"));
        // The other label has what is left of 1.
        Assert.Equal([new("rain", 0, 1, 0.9f), new("rain", 2, 3, 1f)], events.Where(e => e.Label == "rain"));
    }

    [Fact]
    public void Events_at_both_ends_of_the_recording_are_whole()
    {
        Assert.Equal([new("dog", 0, 0.5, 0.9f), new("dog", 2, 2.5, 0.8f)], Dogs([0.9, 0, 0, 0, 0.8], merge: 0.5));
        Assert.Equal([new("dog", 0, 2, 0.9f)], Dogs([0.6, 0.7, 0.9, 0.8]));
        Assert.Empty(Dogs([0.1, 0.2]));
        Assert.Empty(Dogs([]));
    }

    [Theory]
    [InlineData(0.0, 3)]
    [InlineData(0.49, 3)]
    [InlineData(0.5, 2)]
    [InlineData(1.0, 1)]
    public void Gaps_up_to_the_limit_are_closed(double merge, int count)
    {
        // Gaps of 0.5 and of 1 second.
        var events = Dogs([0.9, 0.1, 0.7, 0.1, 0.2, 0.8], merge);
        Assert.Equal(count, events.Count);
        if (count == 2) Assert.Equal([new("dog", 0, 1.5, 0.9f), new("dog", 2.5, 3, 0.8f)], events);
        if (count == 1) Assert.Equal([new("dog", 0, 3, 0.9f)], events);
    }

    [Theory]
    [InlineData(0.5, 3)]
    [InlineData(0.51, 2)]
    [InlineData(1.5, 1)]
    [InlineData(2, 0)]
    public void Short_events_are_left_out_after_merging(double minimum, int count)
    {
        // 0 to 0.5; 1.5 to 2.5; 3.5 to 5 with a gap that merging closes.
        var events = Dogs([0.9, 0, 0, 0.6, 0.6, 0, 0, 0.7, 0, 0.7], merge: 0.5, minimum);
        Assert.Equal(count, events.Count);
        if (count > 0) Assert.Equal(new("dog", 3.5, 5, 0.7f), events[^1]);
    }

    [Fact]
    public void Gaps_and_lengths_are_taken_for_what_they_are_meant_to_be()
    {
        // In double precision 0.3 - 0.2 is less than 0.1, and 0.6 - 0.5 and 1.1 - 1.0 are more.
        double[] seconds = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2];
        double[] dogs = [1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1];
        var timeline = dogs.Select((p, i) => new TimelinePrediction(seconds[i], seconds[i + 1], new("dog", [(float)p, 0f]))).ToArray();
        var merged = SoundEvents.Find(timeline, Labels, new() { MergeSeconds = 0.1, MinimumSeconds = 0 });
        Assert.Equal([new("dog", 0, 0.7, 1), new("dog", 1.1, 1.2, 1)], merged);
        foreach (var (single, i) in timeline.Where(t => t.Prediction.Probabilities[0] > 0).Select((t, i) => (t, i)))
            Assert.Single(SoundEvents.Find([single], Labels, new() { MinimumSeconds = 0.1 }));
    }

    [Fact]
    public void Below_a_half_labels_overlap_and_come_in_order_of_onset_then_of_label()
    {
        var events = Find([0.55, 0.3, 0.55], threshold: 0.4f, merge: 0);
        Assert.Equal([new("dog", 0, 0.5, 0.55f), new("rain", 0, 1.5, 0.7f), new("dog", 1, 1.5, 0.55f)], events);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Find([1], threshold: 0, merge: 0));
        Assert.Throws<ArgumentException>(() => Find([1], threshold: float.NaN, merge: 0));
        Assert.Throws<ArgumentException>(() => Dogs([1], merge: -1));
        Assert.Throws<ArgumentException>(() => Dogs([1], minimum: double.NaN));
        Assert.Throws<ArgumentException>(() => SoundEvents.Find(Timeline([1]), ["dog", "rain", "wind"]));
    }

    private static IReadOnlyList<SoundEvent> Dogs(double[] probabilities, double merge = 0, double minimum = 0) =>
        [.. Find(probabilities, 0.5f, merge, minimum).Where(e => e.Label == "dog")];

    private static IReadOnlyList<SoundEvent> Find(double[] probabilities, float threshold, double merge, double minimum = 0) => SoundEvents.Find(
        Timeline(probabilities), Labels, new() { Threshold = threshold, MergeSeconds = merge, MinimumSeconds = minimum });

    private static IEnumerable<TimelinePrediction> Timeline(double[] probabilities) => probabilities.Select((p, i) => new TimelinePrediction(
        0.5 * i, 0.5 * (i + 1), new(p >= 0.5 ? "dog" : "rain", [(float)p, (float)(1 - p)])));
}
