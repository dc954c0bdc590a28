using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;
using MlNetSer.Testing;
using MlNetSer.TorchOnnx;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public sealed class EncoderImportTests : IDisposable
{
    /// <summary>What the published weights were trained under, as far as it is known: see the reference's meta.json.</summary>
    private static readonly InputNormalisation Implied = new(-1.2668f, 9.383e-05f);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("vgg", "implied")]
    [InlineData("vgg", "truestd")]
    [InlineData("crnn", "implied")]
    [InlineData("crnn", "truestd")]
    public void Published_encoders_give_the_published_embeddings_by_torch_and_by_onnx(string architecture, string scale)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var expected = Reference.Tensor($"{architecture}_emb_{scale}_f64model.npy");
        var patches = Reference.Tensor($"input_{scale}.npy");

        var encoder = EncoderImport.Load(Published(architecture), architecture);

        Assert.InRange(Reference.RelativeError(expected, encoder.call(patches)), 0, 1e-5);
        using var session = new InferenceSession(encoder.ToOnnxModel(["P", 1, 101, 96]).ToBytes());
        Assert.InRange(Reference.RelativeError(expected, Run(session, "output", patches)), 0, 1e-5);
    }

    [Theory]
    [InlineData("vgg")]
    [InlineData("crnn")]
    public void Published_encoders_give_the_published_embeddings_from_the_waveform(string architecture)
    {
        var path = _folder.File("encoder.onnx");

        EncoderImport.Import(Published(architecture), architecture, path, _ => Implied);

        using var scope = NewDisposeScope();
        using var session = new InferenceSession(path);
        var expected = Reference.Tensor($"{architecture}_emb_implied.npy");
        for (var clip = 0; clip < 5; clip++)
        {
            var normalised = Npy.Read(SharedData.Require("golden", $"clip{clip}_wave22050_norm.npy"));
            // At this level the front end's division by (peak + 0.005) gives the normalised waveform back.
            var level = 0.005 / (1 - normalised.Values.Max(Math.Abs));
            var waveform = tensor(Array.ConvertAll(normalised.Values, v => (float)(v * level)), [1, normalised.Values.Length]);
            var embedding = Run(session, "patch_embeddings", waveform).narrow(0, 0, 1);
            Assert.InRange(Reference.RelativeError(expected.narrow(0, clip, 1), embedding), 0, 1e-4);
        }
    }

    [Fact]
    public void The_published_vgg_separates_the_classes_of_ESC_10_as_well_as_in_the_reference()
    {
        var path = _folder.File("encoder.onnx");
        var sounds = SoundTable.Read(SharedData.Require("data", "esc10", "esc10.csv"));
        EncoderImport.Import(Published("vgg"), "vgg", path, _ => Implied);
        using var embedder = new SoundEmbedder(path);

        var report = FoldEvaluation.Run(SoundFeatures.Embed(embedder, sounds), new() { Classifiers = [SoundClassifier.Linear] });

        // The reference: 88.3 %.
        Assert.InRange(report.Classifiers[0].MicroAccuracy.Mean, 0.87, 0.90);
    }

    [Fact]
    public void The_model_says_where_it_comes_from()
    {
        var path = _folder.File("encoder.onnx");
        var checkpoint = Write("mine.pth", SmallState.Crnn());

        var written = EncoderImport.Import(
            checkpoint, "crnn", path, _ => new(-1, 2), info => info with { Licence = "MIT", TrainingData = "mine" });

        var read = SoundModelInfo.Read(path);
        Assert.Equal(("mine", "crnn", 64), (read.Name, read.Encoder, read.EmbeddingSize));
        Assert.Equal(new InputNormalisation(-1, 2), read.Normalisation);
        Assert.Equal(("MIT", "mine"), (read.Licence, read.TrainingData));
        Assert.Equal("mine.pth", read.Extra["import.file"]);
        Assert.Equal(written.Extra["import.sha256"], read.Extra["import.sha256"]);
    }

    [Fact]
    public void ResNet_18_is_read_under_the_usual_names()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var state = SmallState.ResNet18();
        var patches = randn(2, 1, 101, 96);

        var encoder = EncoderImport.Load(Write("resnet.pth", state), "resnet18");

        Assert.InRange(Reference.RelativeError(NaiveResNet18.Embed(state, patches), encoder.call(patches)), 0, 1e-5);
    }

    [Theory]
    [InlineData("state_dict.")]
    [InlineData("model.module.")]
    public void The_weights_may_lie_deeper_and_optimiser_state_beside_them(string prefix)
    {
        using var scope = NewDisposeScope();
        var state = SmallState.Crnn();
        var deeper = state.Select(t => (prefix + t.Name, t.Shape, t.Values)).Append(("optimizer.state.0.momentum_buffer", [1], [1f]));

        var encoder = EncoderImport.Load(Write("deep.pth", deeper), "crnn");

        Assert.Equal(state.Single(t => t.Name == "rnn1.bias_hh_l0").Values, encoder.state_dict()["gru.bias_hh_l0"].data<float>().ToArray());
        Assert.False(encoder.training);
    }

    [Fact]
    public void Batch_counters_may_be_absent_as_before_version_0_4_1()
    {
        using var scope = NewDisposeScope();

        EncoderImport.Load(Write("old.pth", SmallState.Crnn().Where(t => !t.Name.EndsWith("num_batches_tracked", StringComparison.Ordinal))), "crnn");
    }

    [Fact]
    public void Says_which_tensor_is_missing_unexpected_misshaped_or_not_finite()
    {
        var state = SmallState.Crnn().ToList();
        AssertRefused("no tensor 'conv2.bn.bias'", state.Where(t => t.Name != "conv2.bn.bias"));
        AssertRefused("'conv4.conv.weight', which is no part", state.Append(("conv4.conv.weight", [1], [0f])));
        AssertRefused("'conv3.bn.bias' has shape (1), (128) expected", Replaced("conv3.bn.bias", [1], [0f]));
        AssertRefused("'conv3.bn.bias' holds values that are not finite", Replaced("conv3.bn.bias", [128], [.. Enumerable.Repeat(float.NaN, 128)]));
        AssertRefused("none of its 1 tensors is named 'rnn1.weight_ih_l0', but for example 'w'", [("w", [1], [0f])]);
        AssertRefused("holds 2 encoders", [.. state.Select(t => ("a." + t.Name, t.Shape, t.Values)), .. state.Select(t => ("b." + t.Name, t.Shape, t.Values))]);

        IEnumerable<(string, long[], float[])> Replaced(string name, long[] shape, float[] values) =>
            state.Select(t => t.Name == name ? (name, shape, values) : t);
    }

    [Fact]
    public void Refuses_another_architecture_and_writes_nothing()
    {
        var path = _folder.File("encoder.onnx");
        var checkpoint = Write("crnn.pth", SmallState.Crnn());

        Assert.Throws<TorchCheckpointException>(() => EncoderImport.Import(checkpoint, "vgg", path, _ => new(0, 1)));
        Assert.Throws<ArgumentException>(() => EncoderImport.Import(checkpoint, "alexnet", path, _ => new(0, 1)));
        Assert.Throws<ArgumentException>(() => EncoderImport.Import(checkpoint, "crnn", path, _ => new(0, 0)));

        Assert.False(File.Exists(path));
    }

    private static string Published(string architecture) =>
        SharedData.Require("golden", $"{architecture.ToUpperInvariant()}_best.pth");

    private static Tensor Run(InferenceSession session, string output, Tensor input)
    {
        using var value = OrtValue.CreateTensorValueFromMemory(input.data<float>().ToArray(), input.shape);
        using var options = new RunOptions();
        using var outputs = session.Run(options, [session.InputNames[0]], [value], [output]);
        return tensor(outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[0].GetTensorTypeAndShape().Shape);
    }

    private string Write(string name, IEnumerable<(string, long[], float[])> state)
    {
        var path = _folder.File(name);
        File.WriteAllBytes(path, CheckpointBytes.Zip(state));
        return path;
    }

    private void AssertRefused(string reason, IEnumerable<(string, long[], float[])> state)
    {
        var error = Assert.Throws<TorchCheckpointException>(() => EncoderImport.Load(Write("bad.pth", state), "crnn"));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
