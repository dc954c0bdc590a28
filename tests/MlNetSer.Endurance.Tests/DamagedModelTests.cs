using System.Globalization;
using Microsoft.ML;
using MlNetSer.Cli;
using MlNetSer.Onnx;
using MlNetSer.Onnx.Protobuf;
using MlNetSer.Testing;
using MlNetSer.Tests;

namespace MlNetSer.Endurance.Tests;

/// <summary>A damaged model is refused with the reason, by whoever opens it and before any sound is looked for.</summary>
public sealed class DamagedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly Dictionary<string, (Func<byte[]> Model, string Reason)> Cases = new()
    {
        ["empty"] = (() => [], "not an ONNX model"),
        ["another kind of file"] = (() => [.. "RIFF....WAVE"u8], "not an ONNX model"),
        ["cut in half"] = (() => TestModel.Bytes[..(TestModel.Bytes.Length / 2)], "not an ONNX model"),
        ["cut by a byte"] = (() => TestModel.Bytes[..^1], "not an ONNX model"),
        ["a bit of a weight flipped"] = (() => Flipped(PlaceOfWeights()), "its contents do not fit its checksum"),
        ["a bit of the checksum flipped"] = (() => Flipped(TestModel.Bytes.AsSpan().IndexOf("mlnetser.sha256"u8) + 20), "its contents do not fit its checksum"),
        ["a bit of an entry's name flipped"] = (() => Resealed(m => Rename(m, "mlnetser.input_mean", "mlnetser.input_mead")), "'mlnetser.input_mead'"),
        ["another model's weights"] = (() => Changed(m => TakeWeights(m, TestModel.Build(seed: 8))), "its contents do not fit its checksum"),
        ["another model's weights, of other sizes"] = (() => Changed(m => TakeWeights(m, TestModel.Build(seed: 8, embeddingSize: 12))), "its contents do not fit its checksum"),
        ["no metadata"] = (() => Changed(m => m.MetadataProps.Clear()), "not a sound encoder of MlNetSer"),
        ["metadata of another model"] = (() => Resealed(m => Entry(m, "mlnetser.embedding_size", "512")), "512"),
        ["an entry missing"] = (() => Resealed(m => m.MetadataProps.Remove(m.MetadataProps.Single(e => e.Key == "mlnetser.log_mel"))), "'mlnetser.log_mel' is missing"),
        ["a newer format"] = (() => Resealed(m => Entry(m, "mlnetser.format", "4")), "needs a newer version"),
        ["an operator that there is none of"] = (() => Resealed(m => m.Graph.Node[0].OpType = "Fourier"), "Fourier"),
        ["an output missing"] = (() => Resealed(m => m.Graph.Output.RemoveAt(1)), "has no output 'patch_embeddings'"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_refused_with_the_reason(string damage)
    {
        var (model, reason) = Cases[damage];
        var path = _folder.File("encoder.onnx");
        File.WriteAllBytes(path, model());
        var ml = new MLContext();

        Refuses(() => new SoundEmbedder(path).Dispose());
        Refuses(() => ml.Transforms.ApplySoundEmbedding("Features", "SoundPath", path).Fit(ml.Data.LoadFromEnumerable(Unreadable())));

        void Refuses(Action open)
        {
            var error = Assert.IsAssignableFrom<OnnxModelException>(Record.Exception(open));
            Assert.StartsWith($"'{path}': ", error.Message, StringComparison.Ordinal);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }

        static IEnumerable<Row> Unreadable()
        {
            Assert.Fail("A row was asked for.");
            yield break;
        }
    }

    /// <summary>The sounds do not exist, and it is not them that is complained about.</summary>
    [Theory]
    [InlineData("embed", "--data", "absent")]
    [InlineData("embed", "--data", "absent", "--out", "parts")]
    [InlineData("evaluate", "--data", "absent")]
    [InlineData("predict", "--data", "absent")]
    [InlineData("predict", "--timeline", "absent.wav")]
    public void Verbs_refuse_it_before_they_look_for_sounds(string verb, params string[] arguments)
    {
        var path = _folder.File("encoder.onnx");
        File.WriteAllBytes(path, Flipped(PlaceOfWeights()));
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);

        var code = Tool.Run([verb, "--model", path, .. arguments], new Screen(output, null, error, null));

        Assert.Equal(1, code);
        Assert.Contains("its contents do not fit its checksum", error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
    }

    /// <summary>Bits anywhere in the file: what is not refused has not changed anything.</summary>
    [Fact]
    public void No_flipped_bit_goes_unnoticed()
    {
        var random = new Random(1);
        var whole = ModelChecksum.Of(ModelProto.Parser.ParseFrom(TestModel.Bytes));
        for (var i = 0; i < 2000; i++)
        {
            var bytes = TestModel.Bytes.ToArray();
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                SoundModelInfo.Read(OnnxModel.Load(bytes));
            }
            catch (OnnxModelException)
            {
                continue;
            }
            Assert.Equal(whole, ModelChecksum.Of(ModelProto.Parser.ParseFrom(bytes)));
        }
    }

    [Fact]
    public void Weights_in_a_file_of_their_own_are_checked_too()
    {
        var path = _folder.File("encoder.onnx");
        TestModel.Build(seed: 7).SaveWithExternalData(path, minimumBytes: 64);
        using (var embedder = new SoundEmbedder(path)) Assert.Equal(TestModel.EmbeddingSize, embedder.EmbeddingSize);
        var weights = File.ReadAllBytes(path + ".data");
        weights[20] ^= 1;
        File.WriteAllBytes(path + ".data", weights);

        var error = Assert.Throws<OnnxModelException>(() => new SoundEmbedder(path));
        Assert.Contains("its contents do not fit its checksum", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Files of before have none, and programs that change a model on purpose take it away.</summary>
    [Fact]
    public void A_model_without_a_checksum_is_read()
    {
        var bytes = Changed(m =>
        {
            m.MetadataProps.Remove(m.MetadataProps.Single(e => e.Key == ModelChecksum.Key));
            TakeWeights(m, TestModel.Build(seed: 8));
        });
        using var changed = new SoundEmbedder(bytes);
        using var other = new SoundEmbedder(TestModel.Build(seed: 8).ToBytes());
        Assert.Equal(other.Embed(TestModel.Sound(1)), changed.Embed(TestModel.Sound(1)));
    }

    /// <summary>ONNX Runtime opens such a model.</summary>
    [Fact]
    public void Weights_of_other_sizes_are_noticed_without_a_checksum_at_the_first_sound()
    {
        using var embedder = new SoundEmbedder(Resealed(m => TakeWeights(m, TestModel.Build(seed: 8, embeddingSize: 12))));
        var error = Assert.Throws<SoundModelException>(() => embedder.Embed(TestModel.Sound(1)));
        Assert.Contains("12 values", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Flipped(int place)
    {
        var bytes = TestModel.Bytes.ToArray();
        bytes[place] ^= 1;
        return bytes;
    }

    private static int PlaceOfWeights()
    {
        var weights = ModelProto.Parser.ParseFrom(TestModel.Bytes).Graph;
        var largest = TensorData.All(weights).Where(t => t.Name.Contains("conv2", StringComparison.Ordinal)).MaxBy(t => t.RawData.Length)!;
        return TestModel.Bytes.AsSpan().IndexOf(largest.RawData.Span) + (largest.RawData.Length / 2);
    }

    private static byte[] Changed(Action<ModelProto> change)
    {
        var model = ModelProto.Parser.ParseFrom(TestModel.Bytes);
        change(model);
        return Google.Protobuf.MessageExtensions.ToByteArray(model);
    }

    /// <summary>Changed by someone who knows how the checksum is made.</summary>
    private static byte[] Resealed(Action<ModelProto> change) => Changed(model =>
    {
        change(model);
        Entry(model, ModelChecksum.Key, ModelChecksum.Of(model));
    });

    private static void Entry(ModelProto model, string key, string value) => model.MetadataProps.Single(e => e.Key == key).Value = value;

    private static void Rename(ModelProto model, string key, string other) => model.MetadataProps.Single(e => e.Key == key).Key = other;

    private static void TakeWeights(ModelProto model, OnnxModel from)
    {
        foreach (var (tensor, other) in TensorData.All(model.Graph).Zip(TensorData.All(from.Proto.Graph)))
        {
            Assert.Equal(tensor.Name, other.Name);
            tensor.RawData = other.RawData;
            tensor.Dims.Clear();
            tensor.Dims.AddRange(other.Dims);
        }
    }

    private sealed class Row
    {
        public string SoundPath { get; set; } = "";
    }
}
