using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>A linear layer from embeddings to labels, behind the encoder that gives them, or alone where they are given.</summary>
internal sealed class ClassifierNetwork : nn.Module<Tensor, Tensor>
{
    private readonly SoundEncoder? encoder;
    private readonly Linear classifier;

    /// <summary>A network whose linear layer is drawn from <paramref name="seed"/>.</summary>
    /// <param name="encoder">The encoder to be trained, or null if embeddings come in. The network disposes of it.</param>
    /// <param name="embeddingSize">Length of an embedding.</param>
    /// <param name="labels">How many labels there are.</param>
    /// <param name="seed">The run's seed.</param>
    public ClassifierNetwork(SoundEncoder? encoder, int embeddingSize, int labels, long seed)
        : base(nameof(ClassifierNetwork))
    {
        this.encoder = encoder;
        classifier = nn.Linear(embeddingSize, labels);
        RegisterComponents();
        using var noGradient = no_grad();
        using var generator = new Generator(new TrainingPosition(seed, 0, 0).Random("classifier").NextBits());
        WeightInit.UniformFanIn(classifier.weight, classifier.bias, generator);
    }

    /// <summary>Logits [P, labels].</summary>
    public override Tensor forward(Tensor input) => classifier.call(encoder is null ? input : encoder.call(input));

    /// <summary>The linear layer's weights [labels, embedding] in C order, and its biases.</summary>
    public (float[] Weights, float[] Biases) Layer()
    {
        using var scope = NewDisposeScope();
        return (Values(classifier.weight), Values(classifier.bias!));
    }

    private static float[] Values(Tensor tensor) => tensor.detach().cpu().contiguous().data<float>().ToArray();
}
