using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>What a convolution gave, and how its gradient goes back from there.</summary>
internal abstract class Convolved : IDisposable
{
    /// <summary>What it gave, [N, channels, height, width].</summary>
    public Tensor Output { get; protected init; } = null!;

    /// <summary>Whether anything asks for its gradient.</summary>
    public abstract bool NeedsGradient { get; }

    /// <summary>What it gave as a part of torch's graph, for operations of torch to follow. Nothing else is to be done with it then.</summary>
    public abstract Tensor ToTorch();

    /// <summary>Keeps what the backward pass needs beyond the scope that is open.</summary>
    public virtual void Keep() => Output.DetachFromDisposeScope();

    /// <summary>Adds the gradients of weights to theirs, and sends that of what went in further back.</summary>
    /// <param name="gradient">That of the output, which may lie where the output lay.</param>
    public abstract void Backward(Tensor gradient);

    public virtual void Dispose() => Output.Dispose();
}

/// <summary>What an operation of torch's gave.</summary>
internal sealed class TorchConvolved : Convolved
{
    public TorchConvolved(Tensor output) => Output = output;

    public override bool NeedsGradient => Output.requires_grad;

    public override Tensor ToTorch() => Output;

    public override void Backward(Tensor gradient) => Output.backward([gradient]);
}
