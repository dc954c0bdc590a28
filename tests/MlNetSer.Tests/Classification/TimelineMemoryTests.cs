using MlNetSer.Testing;

namespace MlNetSer.Tests;

/// <summary>Memory is that of the whole process, so nothing else may run beside these.</summary>
[Collection(nameof(TimelineMemoryTests))]
[CollectionDefinition(nameof(TimelineMemoryTests), DisableParallelization = true)]
public class TimelineMemoryTests
{
    [Fact]
    public void Memory_does_not_grow_with_the_recording()
    {
        using var folder = new TemporaryFolder();
        using var predictor = new SoundPredictor(TestClassifier.Build().ToBytes());
        var path = TestModel.WriteSound(folder.File("long.wav"), 300);
        long largest = 0;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var moments = 0;
        foreach (var _ in predictor.PredictFileTimeline(path, 500))
        {
            if (++moments % 100 == 0) largest = Math.Max(largest, GC.GetTotalMemory(forceFullCollection: true) - before);
        }
        Assert.InRange(moments, 600, 605);
        // The waveform alone is 26 MB.
        Assert.InRange(largest, 0, 12_000_000);
    }
}
