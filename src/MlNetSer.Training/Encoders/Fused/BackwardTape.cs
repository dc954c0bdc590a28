using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// A backward pass in sections: where a network is cut, torch's own pass ends and begins, and what lies between is differentiated by this library. While a tape is open on
/// a thread, blocks that can compute so do, and are kept on it with all that their gradients need.
/// </summary>
internal sealed class BackwardTape : IDisposable
{
    [ThreadStatic]
    private static BackwardTape? open;

    private readonly BackwardTape? _outer;
    private readonly int _groups;
    private readonly Stack<Cut> _cuts = new();

    private BackwardTape(BackwardTape? outer, int groups) => (_outer, _groups) = (outer, groups);

    /// <summary>The tape of this thread, if there is one.</summary>
    public static BackwardTape? Open => open;

    /// <summary>Opens a tape on this thread until it is disposed of.</summary>
    /// <param name="groups">Equal parts of what goes through a network, each of which is a batch of its own for batch norm.</param>
    public static BackwardTape Begin(int groups = 1) => open = new BackwardTape(open, groups);

    /// <summary>Batch norm by torch, of each group by itself.</summary>
    public static Tensor Normalise(BatchNorm2d norm, Tensor input) =>
        open is { _groups: > 1 } tape && norm.training ? cat([.. input.chunk(tape._groups).Select(norm.call)]) : norm.call(input);

    /// <summary>A convolution, by this library where a tape is open and can go on from there with batch norm.</summary>
    public static Convolved Convolve(Conv2d conv, BatchNorm2d norm, Tensor input) =>
        open is { } tape && WinogradConvolved.Fits(conv, input) && Batch.Fits(input, norm, tape._groups) ? new WinogradConvolved(conv, input) : new TorchConvolved(MixedPrecision.Convolve(conv, input));

    /// <summary>Batch norm, max pooling and ReLU of what a convolution gave.</summary>
    /// <returns>What comes out, a leaf of torch's graph; null where torch must compute it.</returns>
    public Tensor? Cut(Convolved input, BatchNorm2d norm, PoolWindow window) => Fits(input, norm) ? Push(new FusedNorm(input, norm, window, _groups)) : null;

    /// <summary>Batch norm of what a convolution gave, plus a shortcut, with its own batch norm if there is one, and ReLU.</summary>
    /// <returns>As above.</returns>
    public Tensor? Cut(Convolved input, BatchNorm2d norm, Tensor shortcut, BatchNorm2d? shortcutNorm) =>
        Fits(input, norm) && shortcut.requires_grad && Batch.Fits(shortcut, shortcutNorm ?? norm, _groups) && shortcut.dtype == input.Output.dtype && (shortcutNorm is not null || shortcut.is_leaf)
            ? Push(new FusedSum(input, norm, shortcut, shortcutNorm, _groups)) : null;

    /// <summary>Adds the gradients of a loss to those of all weights, and frees what they needed on the way.</summary>
    public void Backward(Tensor loss)
    {
        loss.backward();
        while (_cuts.TryPop(out var cut))
        {
            using (cut) cut.Backward();
        }
    }

    public void Dispose()
    {
        open = _outer;
        while (_cuts.TryPop(out var cut)) cut.Dispose();
    }

    private bool Fits(Convolved input, BatchNorm2d norm) => input.NeedsGradient && Batch.Fits(input.Output, norm, _groups);

    private Tensor Push(Cut cut)
    {
        _cuts.Push(cut);
        // The caller may dispose of what it gets before its gradient is asked for.
        return cut.Output.alias();
    }
}
