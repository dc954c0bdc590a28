using Microsoft.Extensions.Logging;
using MlNetSer.Onnx;
using MlNetSer.Testing;

namespace MlNetSer.Tests;

public sealed class SoundPredictorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public SoundPredictorTests() => _model = TestClassifier.Write(_folder.File("classifier.onnx"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0.2)]
    [InlineData(3)]
    [InlineData(30)]
    public void Probabilities_are_the_softmax_of_each_patch_and_its_mean(double seconds)
    {
        var sound = TestModel.Sound(seconds, seed: 2);
        using var embedder = new SoundEmbedder(TestModel.Bytes);
        using var predictor = new SoundPredictor(_model);
        var expected = embedder.EmbedPatches(sound).Select(TestClassifier.Softmax).ToArray();

        var patches = predictor.PredictPatches(sound);
        var prediction = predictor.Predict(sound);

        Assert.Equal(expected.Length, patches.Count);
        foreach (var (probabilities, patch) in expected.Zip(patches)) AssertClose(probabilities, patch);
        AssertClose([.. Enumerable.Range(0, 3).Select(k => expected.Average(p => p[k]))], prediction);
    }

    [Fact]
    public void Files_get_what_their_waveforms_get_and_unreadable_ones_an_error()
    {
        string[] paths = [TestModel.WriteSound(_folder.File("a.wav"), 2), _folder.File("none.wav"), TestModel.WriteSound(_folder.File("b.wav"), 130, seed: 3)];
        using var predictor = new SoundPredictor(File.ReadAllBytes(_model));

        var results = predictor.PredictFiles(paths).ToArray();

        Assert.Equal(paths, results.Select(r => r.Path));
        AssertClose([.. predictor.Predict(TestModel.Sound(2)).Probabilities.Select(p => (double)p)], results[0].Prediction!);
        Assert.Null(results[1].Prediction);
        Assert.Contains("none.wav", results[1].Error, StringComparison.Ordinal);
        // Longer than what is read whole.
        AssertClose([.. predictor.Predict(TestModel.Sound(130, seed: 3)).Probabilities.Select(p => (double)p)], results[2].Prediction!);
    }

    [Fact]
    public void Many_files_are_logged_with_those_that_cannot_be_read()
    {
        string[] paths = [TestModel.WriteSound(_folder.File("a.wav"), 1), _folder.File("none.wav")];
        LogLines predicted = new(), embedded = new();
        using var predictor = new SoundPredictor(_model) { Logger = predicted };
        using var embedder = new SoundEmbedder(TestModel.Bytes) { Logger = embedded };
        Assert.Equal((2, 2), (predictor.PredictFiles(paths).Count(), embedder.EmbedFiles(paths).Count()));
        foreach (var log in (LogLines[])[predicted, embedded])
        {
            Assert.Equal([LogLevel.Warning, LogLevel.Information], log.Lines.Select(l => l.Level));
            Assert.Contains("none.wav cannot be read", log.Lines[0].Message, StringComparison.Ordinal);
            Assert.Matches(@"^2 sound files in [0-9.]+ s, 1 of them unreadable$", log.Lines[1].Message);
        }
    }

    [Fact]
    public void A_classifier_is_an_encoder_still_and_an_encoder_no_classifier()
    {
        using var predictor = new SoundPredictor(_model);
        Assert.Equal(TestClassifier.Labels, predictor.Labels);
        using SoundEmbedder embedder = new(TestModel.Bytes), same = new(_model);
        Assert.Equal(embedder.Embed(TestModel.Sound(4)), same.Embed(TestModel.Sound(4)));

        var encoder = TestModel.Write(_folder.File("encoder.onnx"));
        var error = Assert.Throws<SoundModelException>(() => new SoundPredictor(encoder));
        Assert.Contains("encoder.onnx", error.Message, StringComparison.Ordinal);
        Assert.Contains("no classifier", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_do_not_fit_the_labels_or_the_encoder_are_refused()
    {
        var encoder = TestModel.Build(seed: 7);
        var info = SoundModelInfo.Read(encoder) with { Labels = TestClassifier.Labels };
        Assert.Throws<ArgumentException>(() => SoundClassifierGraph.Compose(encoder, info, TestClassifier.Weights, [1, 2]));
        Assert.Throws<ArgumentException>(() => SoundClassifierGraph.Compose(encoder, info with { Labels = [] }, [], []));
        Assert.Throws<ArgumentException>(() => SoundClassifierGraph.Compose(encoder, info with { Labels = ["a", "a"] }, new float[48], new float[2]));
        Assert.Throws<OnnxModelException>(() => SoundClassifierGraph.Compose(encoder, info with { EmbeddingSize = 2 }, new float[6], new float[3]));
    }

    private static void AssertClose(double[] expected, SoundPrediction actual)
    {
        Assert.Equal(TestClassifier.Labels[Array.IndexOf(expected, expected.Max())], actual.Label);
        Assert.Equal(actual.Probabilities.Max(), actual.Score);
        foreach (var (e, a) in expected.Zip(actual.Probabilities)) Assert.Equal(e, a, 1e-5);
    }
}
