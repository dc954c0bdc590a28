using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class VggEncoderTests
{
    [Theory]
    [InlineData("implied")]
    [InlineData("truestd")]
    public void With_the_published_weights_gives_the_published_embeddings(string scale)
    {
        using var scope = NewDisposeScope();
        var encoder = SoundEncoders.Create("vgg", seed: 1);
        PublishedVgg.Load(encoder, PublishedVgg.Read("step_model_init.npz", PublishedVgg.EncoderName));
        encoder.eval();
        using var noGradient = no_grad();

        var embeddings = encoder.call(Reference.Tensor($"input_{scale}.npy"));

        Assert.InRange(Reference.RelativeError(Reference.Tensor($"vgg_emb_{scale}_f64model.npy"), embeddings), 0, 1e-5);
    }
}
