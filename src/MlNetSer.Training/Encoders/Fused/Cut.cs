using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>A place where torch's backward pass ends and this library's goes on.</summary>
internal abstract class Cut : IDisposable
{
    /// <summary>What comes out: a leaf of torch's graph, which collects its gradient.</summary>
    public Tensor Output { get; protected init; } = null!;

    /// <summary>Adds the gradients of all weights here to theirs, and sends the others back through what came in.</summary>
    public abstract void Backward();

    public virtual void Dispose() => Output.Dispose();
}
