using TorchSharp;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>One step of contrastive learning: both views through encoder and head, the loss, its gradients, SGD.</summary>
internal sealed class ContrastiveStep : IDisposable
{
    private readonly SoundEncoder _encoder;
    private readonly ProjectionHead _head;
    private readonly NtXentLoss _loss;

    public ContrastiveStep(SoundEncoder encoder, ProjectionHead head, double temperature, double momentum, double weightDecay)
    {
        _encoder = encoder;
        _head = head;
        _loss = new NtXentLoss(temperature);
        var weights = encoder.named_parameters().Select(p => ($"encoder.{p.name}", (Tensor)p.parameter))
            .Concat(head.named_parameters().Select(p => ($"head.{p.name}", (Tensor)p.parameter)));
        Optimiser = new Sgd(weights, momentum, weightDecay);
    }

    public Sgd Optimiser { get; }

    /// <summary>
    /// Learns from N clips and returns their mean loss. The first and the second views ([N, 1, frames, bands] each) go through the
    /// encoder together, but batch norm sees the statistics of one view per clip, as in the paper's code.
    /// </summary>
    public double Run(Tensor first, Tensor second, double rate)
    {
        using var scope = NewDisposeScope();
        using var tape = BackwardTape.Begin(groups: 2);
        var value = Loss(first, second);
        tape.Backward(value);
        Optimiser.Step(rate);
        return value.ToDouble();
    }

    private Tensor Loss(Tensor first, Tensor second)
    {
        // What only the backward pass needs is then held by it alone, and freed as it goes.
        using var forward = NewDisposeScope();
        var embeddings = _encoder.call(cat([first, second])).chunk(2);
        return _loss.call(_head.call(embeddings[0]), _head.call(embeddings[1])).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        Optimiser.Dispose();
        _loss.Dispose();
    }
}
