using System.Text.Json.Nodes;
using MlNetSer.Onnx;
using MlNetSer.Testing;

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

    [Theory]
    [InlineData(28, 1)]
    [InlineData(29, 0.1)]
    [InlineData(42, 0.01)]
    public void Step_down_at_the_nearest_epoch(int epoch, double rate)
    {
        // 0.58 x 50 is 28.999999999999996 in double precision.
        var settings = new PretrainSettings { Epochs = 50, LearningRate = 1, Milestones = [0.58, 0.84] };
        Assert.Equal(rate, settings.LearningRateAt(epoch), 1e-12);
    }

    [Fact]
    public void May_fall_along_a_cosine()
    {
        var settings = new PretrainSettings { LearningRate = 0.05, Epochs = 10, Schedule = LearningRateSchedule.Cosine };

        Assert.Equal(0.05, settings.LearningRateAt(0), 1e-12);
        Assert.Equal(0.025, settings.LearningRateAt(5), 1e-12);
        // A tenth of half a turn before its end: (1 - cos 18 degrees) / 2 = 0.0244717.
        Assert.Equal(0.05 * 0.0244717, settings.LearningRateAt(9), 1e-8);
    }

    [Fact]
    public void Come_back_from_json_as_they_were()
    {
        var settings = new PretrainSettings
        {
            Encoder = "resnet18",
            Seed = long.MinValue,
            Milestones = [0.5],
            Precision = TrainingPrecision.BFloat16,
            Schedule = LearningRateSchedule.Cosine,
            Pooling = ClipPooling.Maximum,
            LogMel = new() { LogOffset = 1e-6 },
            Whitening = new() { Directions = 7 },
            Views = new ViewSettings { MixBack = null, SpecAugment = new() { Fill = MaskFill.Noise }, Positives = PositivePatches.SamePatch, Compression = new() { MinFactor = 0.1 } },
        };

        var back = PretrainSettings.FromJson(settings.ToJson());

        Assert.Equal(settings.ToJson(), back.ToJson());
        Assert.Equal((LearningRateSchedule.Cosine, ClipPooling.Maximum), (back.Schedule, back.Pooling));
        Assert.Equal((settings.LogMel, settings.Whitening), (back.LogMel, back.Whitening));
        Assert.Null(back.Views.MixBack);
        Assert.Equal(0.1, back.Views.Compression!.MinFactor);
        Assert.Equal([0.5], back.Milestones);
    }

    [Fact]
    public void Have_defaults_for_what_json_leaves_out() =>
        Assert.Equal(new PretrainSettings().ToJson(), PretrainSettings.FromJson("{}").ToJson());

    [Fact]
    public void Come_from_a_file_alone_or_from_that_of_a_run()
    {
        using var folder = new TemporaryFolder();
        var settings = new PretrainSettings { Seed = 7, Encoder = "crnn" };
        File.WriteAllText(folder.File("alone.json"), "// by hand\n" + settings.ToJson());
        new Pretrainer(new RandomPatches(4), folder.File("run")).Run(new PretrainSettings { Epochs = 1, Seed = 8 }, cancellationToken: TestContext.Current.CancellationToken);
        var run = folder.File("run", "run.json");

        Assert.Equal(settings.ToJson(), PretrainSettings.FromFile(folder.File("alone.json")).ToJson());
        Assert.Equal(8, PretrainSettings.FromFile(run).Seed);

        File.WriteAllText(folder.File("alone.json"), """{ "epochs": 0 }""");
        var exception = Assert.Throws<RunException>(() => PretrainSettings.FromFile(folder.File("alone.json")));
        Assert.StartsWith(folder.File("alone.json"), exception.Message, StringComparison.Ordinal);
        Assert.Contains("epochs is 0", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Format 1 had another name for float32; the front end stood beside the settings, and in format 2 at last in both places.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public void Come_from_runs_of_earlier_formats(int format, bool inBothPlaces)
    {
        using var folder = new TemporaryFolder();
        var source = new RandomPatches(4);
        new Pretrainer(source, folder.Path).Run(new PretrainSettings { Epochs = 1 }, cancellationToken: TestContext.Current.CancellationToken);
        var path = folder.File("run.json");
        var run = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        var settings = run["settings"]!.AsObject();
        Assert.Equal((3, false), ((int)run["format"]!, run.ContainsKey("logMel")));
        run["format"] = format;
        if (format == 1) settings["precision"] = "Full";
        run["logMel"] = settings["logMel"]!.DeepClone();
        if (!inBothPlaces) settings.Remove("logMel");
        File.WriteAllText(path, run.ToJsonString());

        Assert.NotEqual(new(), source.LogMel);
        Assert.Equal((TrainingPrecision.Full, source.LogMel), (PretrainSettings.FromFile(path).Precision, PretrainSettings.FromFile(path).LogMel));
        // Such a run goes on, and one whose settings were edited to start another one gives these.
        new Pretrainer(source, folder.Path).Resume(cancellationToken: TestContext.Current.CancellationToken);
        settings["logMel"] = new JsonObject { ["logOffset"] = 1e-6 };
        File.WriteAllText(path, run.ToJsonString());
        Assert.Equal(1e-6, PretrainSettings.FromFile(path).LogMel.LogOffset);
    }

    [Theory]
    [InlineData("""{ "epoch": 3 }""", "there is no setting 'epoch'")]
    [InlineData("""{ "views": { "mixback": {} } }""", "there is no setting 'views.mixback'")]
    [InlineData("""{ "epochs": "many" }""", "epochs is \"many\", expected a whole number")]
    [InlineData("""{ "epochs": 1.5 }""", "epochs is 1.5, expected a whole number")]
    [InlineData("""{ "seed": null }""", "seed is null, expected a whole number")]
    [InlineData("""{ "views": { "mixBack": { "alpha": true } } }""", "views.mixBack.alpha is true, expected a number")]
    [InlineData("""{ "views": { "specAugment": { "fill": "median" } } }""", "views.specAugment.fill is \"median\", expected one of zero, min, mean, max, noise")]
    [InlineData("""{ "precision": 1 }""", "precision is 1, expected one of float32, bfloat16")]
    [InlineData("""{ "views": null }""", "views is null, expected an object")]
    [InlineData("""{ "milestones": [0.5, "late"] }""", "milestones[1]")]
    [InlineData("null", "null")]
    [InlineData("[", "JSON")]
    public void Refuse_json_that_is_none_of_theirs(string json, string said) =>
        Assert.Contains(said, Assert.Throws<FormatException>(() => PretrainSettings.FromJson(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "encoder": "vgg16" }""", "vgg16")]
    [InlineData("""{ "epochs": 0 }""", "epochs")]
    [InlineData("""{ "batchSize": 1 }""", "batchSize")]
    [InlineData("""{ "learningRate": 0 }""", "learningRate")]
    [InlineData("""{ "milestones": [0.5, 325] }""", "milestones")]
    [InlineData("""{ "momentum": 1 }""", "momentum")]
    [InlineData("""{ "weightDecay": -1 }""", "weightDecay")]
    [InlineData("""{ "temperature": 0 }""", "temperature")]
    [InlineData("""{ "logMel": { "logOffset": 0 } }""", "logMel.LogOffset = 0")]
    [InlineData("""{ "whitening": { "directions": 0 } }""", "whitening.directions is 0")]
    [InlineData("""{ "whitening": { "shrinkage": -1 } }""", "whitening.shrinkage is -1")]
    [InlineData("""{ "whitening": { "patches": 1 } }""", "whitening.patches is 1")]
    [InlineData("""{ "views": { "mixBack": { "alpha": 2 } } }""", "mixBack")]
    [InlineData("""{ "views": { "randomResizedCrop": { "minArea": 0 } } }""", "randomResizedCrop")]
    [InlineData("""{ "views": { "randomResizedCrop": { "minAspect": 2 } } }""", "minAspect")]
    [InlineData("""{ "views": { "compression": { "minFactor": 2 } } }""", "compression")]
    [InlineData("""{ "views": { "gaussianNoise": { "maxDeviation": -1 } } }""", "gaussianNoise")]
    [InlineData("""{ "views": { "timeShift": { "maxFrames": 0 } } }""", "views.timeShift.maxFrames is 0")]
    [InlineData("""{ "views": { "frequencyShift": { "maxBands": 0 } } }""", "views.frequencyShift.maxBands is 0")]
    [InlineData("""{ "views": { "timeReversal": { "probability": 1.5 } } }""", "views.timeReversal.probability is 1.5")]
    [InlineData("""{ "views": { "specAugment": { "frequencyMasks": -1 } } }""", "views.specAugment.frequencyMasks is -1")]
    [InlineData("""{ "views": { "specAugment": { "maxBands": -1 } } }""", "views.specAugment.maxBands is -1")]
    [InlineData("""{ "views": { "specAugment": { "timeMasks": -1 } } }""", "views.specAugment.timeMasks is -1")]
    [InlineData("""{ "views": { "specAugment": { "maxFrames": -1 } } }""", "views.specAugment.maxFrames is -1")]
    [InlineData("""{ "views": { "gaussianBlur": { "maxKernel": 4 } } }""", "views.gaussianBlur.maxKernel is 4")]
    [InlineData("""{ "views": { "frequencyResponse": { "maxGain": -1 } } }""", "views.frequencyResponse.maxGain is -1")]
    [InlineData("""{ "views": { "frequencyResponse": { "points": 1 } } }""", "views.frequencyResponse.points is 1")]
    public void Refuse_values_that_cannot_be_trained_with(string json, string named) =>
        Assert.Contains(named, Assert.Throws<ArgumentException>(() => PretrainSettings.FromJson(json)).Message, StringComparison.Ordinal);
}
