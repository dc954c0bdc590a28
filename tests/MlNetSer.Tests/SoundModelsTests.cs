namespace MlNetSer.Tests;

public sealed class SoundModelsTests
{
    public static TheoryData<string, Func<string>> Models { get; } = new()
    {
        { "mlnetser-base.onnx", () => SoundModels.Default },
        { "mlnetser-small.onnx", () => SoundModels.Small },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_that_comes_along_is_found_or_its_place_is_named(string file, Func<string> find)
    {
        var place = Path.Combine(AppContext.BaseDirectory, "models", file);
        if (File.Exists(place))
        {
            Assert.Equal(place, find());
            using var embedder = new SoundEmbedder(find());
            Assert.Equal(embedder.EmbeddingSize, embedder.Embed(TestModel.Sound(1)).Length);
        }
        else
        {
            Assert.Contains($"The sound model is not at '{place}'", Assert.Throws<FileNotFoundException>(find).Message, StringComparison.Ordinal);
        }
    }
}
