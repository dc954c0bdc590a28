using MlNetSer.Onnx;
using MlNetSer.Testing;
using MlNetSer.TorchOnnx;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public sealed class EncoderExportTests : IDisposable
{
    private static readonly InputNormalisation Normalisation = new(-2, 1.5f);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mlnetser-base.onnx")]
    [InlineData("mlnetser-small.onnx")]
    public void The_settings_beside_the_shipped_encoders_are_those_that_they_were_trained_with(string model)
    {
        var trained = SoundModelInfo.Read(Repository.File("models", model)).Extra["pretraining.settings"];
        Assert.Equal(PretrainSettings.FromJson(trained).ToJson(), PretrainSettings.FromFile(Repository.File("models", "mlnetser-base.json")).ToJson());
    }

    [Theory]
    [InlineData("vgg")]
    [InlineData("crnn")]
    [InlineData("frame")]
    [InlineData("resnet18")]
    public void From_a_run_gives_the_embeddings_of_the_trained_encoder_for_clips_of_any_length(string architecture)
    {
        var run = _folder.File("run");
        new Pretrainer(new RandomPatches(4, new()), run).Run(new PretrainSettings { Encoder = architecture, Epochs = 2, BatchSize = 4, Seed = 3 });
        var path = _folder.File("encoder.onnx");

        EncoderExport.Export(run, path);

        Assert.Null(OnnxChecker.Instance?.CheckFile(path));
        using var session = FrontEndPatches.Session(File.ReadAllBytes(path));
        using var encoder = SoundEncoders.Create(architecture, seed: 99);
        Checkpoint.Read(RunFolder.CheckpointPath(run), encoder);
        encoder.eval();
        foreach (var seconds in new[] { 0.1, 1, 5, 60 })
        {
            var waveform = TestSounds.Waveform(3, seconds);
            var expected = Embed(encoder, waveform);
            var outputs = FrontEndPatches.Run(session, waveform, "embedding", "patch_embeddings");
            var size = encoder.EmbeddingSize;
            Assert.Equal(expected.Length, outputs[1].Length);
            AssertClose(expected, outputs[1]);
            var mean = Enumerable.Range(0, size).Select(d => Enumerable.Range(0, expected.Length / size).Average(p => expected[p * size + d]));
            AssertClose([.. mean], outputs[0]);
        }
    }

    [Theory]
    [InlineData("vgg")]
    [InlineData("crnn")]
    [InlineData("frame")]
    [InlineData("resnet18")]
    public void Smaller_weights_leave_the_front_end_exact_and_pass_the_reference_checker(string architecture)
    {
        Assert.SkipWhen(OnnxChecker.Instance is null, OnnxChecker.SkipReason);
        using var encoder = SoundEncoders.Create(architecture, seed: 5);
        var info = new SoundModelInfo { Name = architecture, Encoder = architecture, EmbeddingSize = encoder.EmbeddingSize, Normalisation = Normalisation };
        var frontEnd = LogMelFrontEnd.Build(new()).WeightBytes;
        var waveform = TestSounds.Waveform(3, 2);
        float[] expected = [];
        foreach (var (format, tolerance) in new[] { (WeightFormat.Float32, 0), (WeightFormat.Float16, 0.01), (WeightFormat.Int8, 0.1) })
        {
            var patches = encoder.ToOnnxModel(["P", 1, 101, 96], new() { Weights = format });
            var model = EncoderExport.ToModel(encoder, info, format);
            // Beside both there are only the places of patches, and those of their ends that patches do not share.
            Assert.InRange(model.WeightBytes - patches.WeightBytes, frontEnd, frontEnd + 1500);
            var path = _folder.File($"{format}.onnx");
            model.SaveWithExternalData(path);
            Assert.Null(OnnxChecker.Instance.CheckFile(path));
            Assert.Null(OnnxChecker.Instance.Check(model.ToBytes()));
            using var session = FrontEndPatches.Session(model.ToBytes());
            var embedding = FrontEndPatches.Run(session, waveform, "embedding")[0];
            if (expected.Length == 0) expected = embedding;
            Assert.InRange(embedding.Zip(expected, (a, b) => Math.Abs(a - b)).Max() / expected.Max(Math.Abs), 0, tolerance);
        }
    }

    [Theory]
    [InlineData("vgg")]
    [InlineData("crnn")]
    [InlineData("frame")]
    [InlineData("resnet18")]
    public void In_8_bit_integers_embeddings_stay_what_they_are_but_for_some_per_cent(string architecture)
    {
        using var encoder = SoundEncoders.Create(architecture, seed: 5);
        var info = new SoundModelInfo { Name = architecture, Encoder = architecture, EmbeddingSize = encoder.EmbeddingSize, Normalisation = Normalisation };
        var waveform = TestSounds.Waveform(3, 2);
        float[] Embed(OnnxModel model)
        {
            Assert.Null(OnnxChecker.Instance?.Check(model.ToBytes()));
            using var session = FrontEndPatches.Session(model.ToBytes());
            return FrontEndPatches.Run(session, waveform, "embedding")[0];
        }
        var full = EncoderExport.ToModel(encoder, info);
        var expected = Embed(full);

        var integer = EncoderExport.ToModel(encoder, info, arithmetic: EncoderArithmetic.Int8);

        var actual = Embed(integer);
        var difference = Math.Sqrt(expected.Zip(actual, (a, b) => (a - b) * (a - b)).Sum() / expected.Sum(a => a * a));
        Assert.InRange(difference, 1e-5, 0.06);
        Assert.InRange(integer.WeightBytes, LogMelFrontEnd.Build(new()).WeightBytes, full.WeightBytes - 1);
        Assert.Equal(integer.ToBytes(), EncoderExport.ToModel(encoder, info, WeightFormat.Int8, EncoderArithmetic.Int8).ToBytes());
    }

    [Fact]
    public void Ranges_leave_out_one_value_in_ten_thousand_at_each_end()
    {
        float[] values = [.. Enumerable.Range(0, 100_000).Select(i => i / 1_000f)];
        (values[^1], values[0]) = (1_000, -500);
        new Random(1).Shuffle(values);
        var (low, high) = ActivationRanges.Of(values);
        // A bin is 0.37 wide.
        Assert.InRange(low, -0.38, 0.01);
        Assert.InRange(high, 99.98, 100.4);
        Assert.Equal(new ActivationRange(2, 2), ActivationRanges.Of([2, 2, 2]));
    }

    [Fact]
    public void Says_what_the_encoder_was_trained_on()
    {
        var run = _folder.File("run");
        new Pretrainer(new RandomPatches(4, new()), run).Run(new PretrainSettings { Epochs = 1, BatchSize = 4, Seed = 3 });
        var path = _folder.File("encoder.onnx");

        var written = EncoderExport.Export(run, path, info => info with { Name = "tiny", Version = "2" });

        var read = SoundModelInfo.Read(path);
        Assert.Equal(("tiny", "2", "vgg", 512), (read.Name, read.Version, read.Encoder, read.EmbeddingSize));
        Assert.Equal(Normalisation, read.Normalisation);
        Assert.Equal(("patterns", "CC0"), (read.TrainingData, read.Licence));
        Assert.Equal(("1", "3", "4"), (read.Extra["pretraining.epochs"], read.Extra["pretraining.seed"], read.Extra["pretraining.clips"]));
        Assert.Equal(4, PretrainSettings.FromJson(read.Extra["pretraining.settings"]).BatchSize);
        Assert.Equal(written.Name, read.Name);
        using var session = FrontEndPatches.Session(File.ReadAllBytes(path));
        Assert.Equal("tiny", session.ModelMetadata.CustomMetadataMap["mlnetser.name"]);
    }

    [Fact]
    public void Refuses_a_folder_without_a_checkpoint()
    {
        Assert.Throws<RunException>(() => EncoderExport.Export(_folder.Path, _folder.File("encoder.onnx")));

        new Pretrainer(new RandomPatches(4, new()), _folder.Path).Run(new PretrainSettings { Epochs = 1, BatchSize = 4 });
        File.Delete(RunFolder.CheckpointPath(_folder.Path));

        var exception = Assert.Throws<RunException>(() => EncoderExport.Export(_folder.Path, _folder.File("encoder.onnx")));
        Assert.Contains("first checkpoint", exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("encoder.onnx")));
    }

    /// <summary>Patch embeddings by TorchSharp.</summary>
    private static float[] Embed(SoundEncoder encoder, float[] waveform)
    {
        var (patches, count) = FrontEndPatches.Of(waveform, Normalisation);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return encoder.call(tensor(patches, [count, 1, 101, 96])).data<float>().ToArray();
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = expected.Max(Math.Abs);
        Assert.True(largest > 0.1, $"the embeddings say nothing: {largest}");
        for (var i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= 1e-4)) Assert.Fail($"value {i} is {actual[i]}, expected {expected[i]} (largest {largest})");
        }
    }
}
