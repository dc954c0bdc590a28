using MlNetSer.Onnx;

namespace MlNetSer.Training.Tests;

public class PatchPrefetcherTests
{
    [Fact]
    public void Hands_batches_over_in_order_and_uses_returned_ones_again()
    {
        var made = 0;
        using var prefetcher = new PatchPrefetcher(new Numbers(), Steps(50), () =>
        {
            made++;
            return new PatchBatch(1, 1, 1, backgrounds: null);
        });

        for (var step = 0; step < 50; step++)
        {
            var batch = prefetcher.Take(CancellationToken.None);
            Assert.Equal(step, batch.Patch(0, 0)[0]);
            prefetcher.Return(batch);
        }

        Assert.InRange(made, 1, 6);
    }

    [Fact]
    public void Throws_the_failure_of_the_source_where_the_batch_is_waited_for()
    {
        using var prefetcher = new PatchPrefetcher(new Numbers { FailAt = 2 }, Steps(50), Batch);

        prefetcher.Take(CancellationToken.None);
        prefetcher.Take(CancellationToken.None);

        Assert.Equal("no sound", Assert.Throws<IOException>(() => prefetcher.Take(CancellationToken.None)).Message);
    }

    [Fact]
    public void Can_be_left_while_batches_wait()
    {
        var source = new Numbers();
        using (var prefetcher = new PatchPrefetcher(source, Steps(1_000_000), Batch)) prefetcher.Take(CancellationToken.None);

        var filled = source.Filled;
        Assert.InRange(filled, 1, 10);
    }

    private static PatchBatch Batch() => new(1, 1, 1, backgrounds: null);

    private static IEnumerable<TrainingPosition> Steps(int count) => Enumerable.Range(0, count).Select(step => new TrainingPosition(1, 0, step));

    private sealed class Numbers : IPatchSource
    {
        public int FailAt { get; init; } = int.MaxValue;

        public int Filled { get; private set; }

        public TrainingData Data => throw new NotSupportedException();

        public LogMelSettings LogMel => throw new NotSupportedException();

        public InputNormalisation Normalisation => throw new NotSupportedException();

        public void Fill(PatchBatch batch, TrainingPosition position)
        {
            if (position.Step == FailAt) throw new IOException("no sound");
            batch.Patch(0, 0)[0] = position.Step;
            Filled++;
        }
    }
}
