namespace MlNetSer.Training.Tests;

public class PretrainSettingsTests
{
    [Fact]
    public void By_default_steps_down_where_the_paper_does()
    {
        var settings = new PretrainSettings();

        Assert.Equal(0.03, settings.LearningRateAt(324));
        Assert.Equal(0.003, settings.LearningRateAt(325), 1e-12);
        Assert.Equal(0.003, settings.LearningRateAt(424), 1e-12);
        Assert.Equal(0.0003, settings.LearningRateAt(425), 1e-12);
        Assert.Equal(0.0003, settings.LearningRateAt(499), 1e-12);
    }

    [Fact]
    public void Come_back_from_json_as_they_were()
    {
        var settings = new PretrainSettings
        {
            Encoder = "resnet18",
            Seed = long.MinValue,
            Milestones = [0.5],
            Views = new ViewSettings { MixBack = null, Compression = new() { MinFactor = 0.1 } },
        };

        var back = PretrainSettings.FromJson(settings.ToJson());

        Assert.Equal(settings.ToJson(), back.ToJson());
        Assert.Null(back.Views.MixBack);
        Assert.Equal(0.1, back.Views.Compression!.MinFactor);
        Assert.Equal([0.5], back.Milestones);
    }

    [Fact]
    public void Have_defaults_for_what_json_leaves_out() =>
        Assert.Equal(new PretrainSettings().ToJson(), PretrainSettings.FromJson("{}").ToJson());

    [Theory]
    [InlineData("""{ "epoch": 3 }""")]
    [InlineData("""{ "views": { "mixback": {} } }""")]
    [InlineData("null")]
    [InlineData("[")]
    public void Refuse_json_that_is_none_of_theirs(string json) =>
        Assert.Throws<FormatException>(() => PretrainSettings.FromJson(json));

    [Theory]
    [InlineData("""{ "encoder": "vgg16" }""", "vgg16")]
    [InlineData("""{ "epochs": 0 }""", "epochs")]
    [InlineData("""{ "batchSize": 1 }""", "batchSize")]
    [InlineData("""{ "learningRate": 0 }""", "learningRate")]
    [InlineData("""{ "milestones": [0.5, 325] }""", "milestones")]
    [InlineData("""{ "momentum": 1 }""", "momentum")]
    [InlineData("""{ "weightDecay": -1 }""", "weightDecay")]
    [InlineData("""{ "temperature": 0 }""", "temperature")]
    [InlineData("""{ "views": { "mixBack": { "alpha": 2 } } }""", "mixBack")]
    [InlineData("""{ "views": { "randomResizedCrop": { "minArea": 0 } } }""", "randomResizedCrop")]
    [InlineData("""{ "views": { "randomResizedCrop": { "minAspect": 2 } } }""", "minAspect")]
    [InlineData("""{ "views": { "compression": { "minFactor": 2 } } }""", "compression")]
    [InlineData("""{ "views": { "gaussianNoise": { "maxDeviation": -1 } } }""", "gaussianNoise")]
    public void Refuse_values_that_cannot_be_trained_with(string json, string named) =>
        Assert.Contains(named, Assert.Throws<ArgumentException>(() => PretrainSettings.FromJson(json)).Message, StringComparison.Ordinal);
}
