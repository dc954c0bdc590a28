using TorchSharp;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>One step of supervised training: patches through the network, cross-entropy, its gradients, SGD.</summary>
internal sealed class SupervisedStep : IDisposable
{
    private readonly ClassifierNetwork _network;

    public SupervisedStep(ClassifierNetwork network, double momentum, double weightDecay)
    {
        _network = network;
        Optimiser = new Sgd(network.named_parameters().Select(p => (p.name, (Tensor)p.parameter)), momentum, weightDecay);
    }

    public Sgd Optimiser { get; }

    /// <summary>Learns from a patch of each of N clips and returns their mean loss.</summary>
    /// <param name="patches">[N, ...]</param>
    /// <param name="labels">int64 [N]: each clip's label.</param>
    /// <param name="rate">The learning rate.</param>
    public double Run(Tensor patches, Tensor labels, double rate)
    {
        using var scope = NewDisposeScope();
        using var tape = BackwardTape.Begin();
        var loss = Loss(patches, labels);
        tape.Backward(loss);
        Optimiser.Step(rate);
        return loss.ToDouble();
    }

    private Tensor Loss(Tensor patches, Tensor labels)
    {
        // What only the backward pass needs is then held by it alone, and freed as it goes.
        using var forward = NewDisposeScope();
        return nn.functional.cross_entropy(_network.call(patches), labels).MoveToOuterDisposeScope();
    }

    public void Dispose() => Optimiser.Dispose();
}
