using MlNetSer.Testing;

namespace MlNetSer.Onnx.Tests;

public class SoundModelInfoTests
{
    private static readonly SoundModelInfo s_info = new()
    {
        Name = "birds",
        Encoder = "vgg",
        EmbeddingSize = 512,
        LogMel = new() { MinFrequency = 1.0 / 3 },
        Pooling = ClipPooling.Maximum,
        Normalisation = new(-1.26682f, 9.382689e-05f),
        TrainingData = "a set of \"birds\"; naïve",
        Licence = "MIT",
        Version = "1.2.3",
        Labels = ["chaffinch", "tit, \"great\"", "Türkentaube"],
        Extra = new Dictionary<string, string> { ["accuracy"] = "85.8" },
    };

    public static TheoryData<string, string?, string> Damages => new()
    {
        { "mlnetser.format", null, "an ONNX model, but not a sound encoder of MlNetSer" },
        { "mlnetser.format", "3", "sound encoder format 3; this version of MlNetSer reads up to format 2, so it needs a newer version" },
        { "mlnetser.format", "0", "its metadata are damaged: 'mlnetser.format' is '0'" },
        { "mlnetser.format", "one", "'mlnetser.format' is 'one', expected a whole number" },
        { "mlnetser.name", "", "its metadata are damaged" },
        { "mlnetser.encoder", null, "'mlnetser.encoder' is missing" },
        { "mlnetser.embedding_size", "-512", "'mlnetser.embedding_size' is '-512'" },
        { "mlnetser.embedding_size", "0", "its metadata are damaged" },
        { "mlnetser.log_mel", "{", "its metadata are damaged: log-mel settings cannot be read" },
        { "mlnetser.log_mel", "{\"hopSize\":0}", "its metadata are damaged: HopSize = 0" },
        { "mlnetser.input_std", "0", "its metadata are damaged: Std = 0: expected a positive finite number" },
        { "mlnetser.input_std", "NaN", "its metadata are damaged: Std = NaN" },
        { "mlnetser.input_mean", "Infinity", "its metadata are damaged: Mean = Infinity" },
        { "mlnetser.input_mean", "loud", "'mlnetser.input_mean' is 'loud', expected a number" },
        { "mlnetser.clip_pooling", null, "'mlnetser.clip_pooling' is missing" },
        { "mlnetser.clip_pooling", "Median", "its metadata are damaged" },
        { "mlnetser.clip_pooling", "7", "its metadata are damaged: Pooling = 7" },
        { "mlnetser.licence", null, "'mlnetser.licence' is missing" },
        { "mlnetser.labels", "[\"a\"", "its metadata are damaged" },
        { "mlnetser.labels", "[\"a\"]", "its metadata are damaged: Labels = 'a': expected none, or at least two" },
        { "mlnetser.labels", "[\"a\", \"b\", \"a\"]", "its metadata are damaged: Labels: 'a' comes twice" },
        { "mlnetser.labels", "[\"a\", null]", "its metadata are damaged: Labels: one is empty" },
    };

    [Fact]
    public void Files_of_the_first_format_pool_by_the_mean()
    {
        var model = SmallEncoder.Build();
        s_info.WriteTo(model);
        model.Metadata["mlnetser.format"] = "1";
        model.Metadata.Remove("mlnetser.clip_pooling");
        Assert.Equal(ClipPooling.Mean, SoundModelInfo.Read(model).Pooling);
    }

    [Fact]
    public void What_is_written_is_read()
    {
        using var folder = new TemporaryFolder();
        var model = SmallEncoder.Build();
        model.Metadata["old"] = "gone";
        s_info.WriteTo(model);
        model.Save(folder.File("m.onnx"));

        var read = SoundModelInfo.Read(folder.File("m.onnx"));

        Assert.Equal(s_info with { Extra = read.Extra, Labels = read.Labels }, read);
        Assert.Equal(s_info.Labels, read.Labels);
        Assert.Equal([("accuracy", "85.8")], read.Extra.Select(e => (e.Key, e.Value)));
        using var runtime = new Runtime(model);
        Assert.Equal("birds", runtime.Session.ModelMetadata.CustomMetadataMap["mlnetser.name"]);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_file_that_is_none_of_ours_is_refused_by_name_with_the_reason(string key, string? value, string message)
    {
        using var folder = new TemporaryFolder();
        var model = SmallEncoder.Build();
        s_info.WriteTo(model);
        if (value is null) model.Metadata.Remove(key);
        else model.Metadata[key] = value;
        model.Save(folder.File("m.onnx"));

        var exception = Assert.Throws<SoundModelException>(() => SoundModelInfo.Read(folder.File("m.onnx")));

        Assert.StartsWith($"'{folder.File("m.onnx")}': ", exception.Message);
        Assert.Contains(message, exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Contradictions_are_not_written()
    {
        var model = SmallEncoder.Build();
        Assert.Throws<ArgumentException>(() => (s_info with { Name = "" }).WriteTo(model));
        Assert.Throws<ArgumentException>(() => (s_info with { EmbeddingSize = 0 }).WriteTo(model));
        Assert.Throws<ArgumentException>(() => (s_info with { Normalisation = new(0, 0) }).WriteTo(model));
        Assert.Contains("extra entry 'mlnetser.x'", Assert.Throws<ArgumentException>(
            () => (s_info with { Extra = new Dictionary<string, string> { ["mlnetser.x"] = "" } }).WriteTo(model)).Message);
        Assert.Empty(model.Metadata);
    }
}
