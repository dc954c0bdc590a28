using System.Collections.Concurrent;

namespace MlNetSer.Training;

/// <summary>Fills batches on a thread of its own, some steps ahead of the training, and hands them over in order.</summary>
internal sealed class PatchPrefetcher : IDisposable
{
    private const int StepsAhead = 3;

    private readonly BlockingCollection<PatchBatch> _filled = new(StepsAhead);
    private readonly ConcurrentBag<PatchBatch> _idle = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private Exception? _failure;

    /// <summary>Starts filling.</summary>
    /// <param name="source">Where the patches come from.</param>
    /// <param name="positions">The steps to come, in order.</param>
    /// <param name="newBatch">Makes an empty batch; batches that were returned are used again.</param>
    public PatchPrefetcher(IPatchSource source, IEnumerable<TrainingPosition> positions, Func<PatchBatch> newBatch)
    {
        _thread = new Thread(() => Fill(source, positions, newBatch)) { IsBackground = true, Name = nameof(PatchPrefetcher) };
        _thread.Start();
    }

    /// <summary>The batch of the next step.</summary>
    public PatchBatch Take(CancellationToken cancellation)
    {
        try
        {
            return _filled.Take(cancellation);
        }
        catch (InvalidOperationException) when (_failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
            throw;
        }
    }

    /// <summary>Gives a batch back when its values have been copied.</summary>
    public void Return(PatchBatch batch) => _idle.Add(batch);

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _stop.Dispose();
        _filled.Dispose();
    }

    private void Fill(IPatchSource source, IEnumerable<TrainingPosition> positions, Func<PatchBatch> newBatch)
    {
        try
        {
            foreach (var position in positions)
            {
                var batch = _idle.TryTake(out var used) ? used : newBatch();
                source.Fill(batch, position);
                _filled.Add(batch, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Whatever it is, it is thrown where the batch is waited for.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure = failure;
        }
        _filled.CompleteAdding();
    }
}
