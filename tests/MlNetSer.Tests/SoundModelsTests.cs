namespace MlNetSer.Tests;

public sealed class SoundModelsTests
{
    [Fact]
    public void The_default_model_is_found_or_its_place_is_named()
    {
        var place = Path.Combine(AppContext.BaseDirectory, "models", "mlnetser-vgg-small.onnx");
        if (File.Exists(place))
        {
            Assert.Equal(place, SoundModels.Default);
            using var embedder = new SoundEmbedder();
            Assert.Equal(embedder.EmbeddingSize, embedder.Embed(TestModel.Sound(1)).Length);
        }
        else
        {
            Assert.Contains($"The default sound model is not at '{place}'", Assert.Throws<FileNotFoundException>(() => new SoundEmbedder()).Message, StringComparison.Ordinal);
        }
    }
}
