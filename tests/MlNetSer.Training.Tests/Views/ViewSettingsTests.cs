using System.Text.Json.Nodes;
using MlNetSer.Testing;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

/// <summary>No setting of the views is left unused.</summary>
public sealed class ViewSettingsTests : IDisposable
{
    private static readonly ViewSettings AllOn = new()
    {
        FrequencyResponse = new(),
        TimeShift = new(),
        FrequencyShift = new(),
        TimeReversal = new(),
        SpecAugment = new(),
        GaussianBlur = new(),
    };

    /// <summary>Another value of every setting there is.</summary>
    private static readonly Dictionary<string, string> Others = new()
    {
        ["positives"] = "\"samePatch\"",
        ["mixBack.alpha"] = "0.5",
        ["mixBack.backgrounds"] = "\"sameClip\"",
        ["frequencyResponse.maxGain"] = "0.2",
        ["frequencyResponse.points"] = "9",
        ["timeShift.maxFrames"] = "90",
        ["frequencyShift.maxBands"] = "60",
        ["randomResizedCrop.minArea"] = "0.3",
        ["randomResizedCrop.maxArea"] = "0.85",
        ["randomResizedCrop.minAspect"] = "0.5",
        ["timeReversal.probability"] = "0",
        ["compression.minFactor"] = "0.2",
        ["compression.maxFactor"] = "2",
        ["specAugment.frequencyMasks"] = "1",
        ["specAugment.maxBands"] = "70",
        ["specAugment.timeMasks"] = "5",
        ["specAugment.maxFrames"] = "70",
        ["specAugment.fill"] = "\"max\"",
        ["gaussianNoise.maxDeviation"] = "0.3",
        ["gaussianBlur.maxKernel"] = "3",
    };

    private readonly TemporaryFolder _folder = new();
    private readonly LogMelCache _cache;

    public ViewSettingsTests() => _cache = TestSounds.Cache(_folder, 6);

    public void Dispose()
    {
        _cache.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Each_of_them_changes_the_views()
    {
        var json = Views(new PretrainSettings { Views = AllOn });
        Assert.Equal(Leaves(json).Order(StringComparer.Ordinal), Others.Keys.Order(StringComparer.Ordinal));
        var usual = Make(AllOn);
        Assert.Equal(usual, Make(AllOn));

        Assert.All(Others, other =>
        {
            var changed = Views(new PretrainSettings { Views = AllOn });
            var owner = other.Key.Split('.')[..^1].Aggregate((JsonNode)changed, (node, name) => node[name]!);
            owner[other.Key.Split('.')[^1]] = JsonNode.Parse(other.Value);
            Assert.NotEqual(usual, Make(PretrainSettings.FromJson($$"""{ "views": {{changed}} }""").Views));
        });
    }

    [Fact]
    public void Each_augmentation_can_be_switched_off()
    {
        var usual = Make(AllOn);
        string[] names = ["mixBack", "frequencyResponse", "timeShift", "frequencyShift", "randomResizedCrop", "timeReversal", "compression", "specAugment", "gaussianNoise", "gaussianBlur"];

        Assert.All(names, name =>
        {
            var changed = Views(new PretrainSettings { Views = AllOn });
            changed[name] = null;
            Assert.NotEqual(usual, Make(PretrainSettings.FromJson($$"""{ "views": {{changed}} }""").Views));
        });
    }

    private float[] Make(ViewSettings settings)
    {
        using var scope = NewDisposeScope();
        var position = new TrainingPosition(1, 2, 0);
        var batch = new PatchBatch(4, 101, 96, settings.MixBack?.Backgrounds);
        new CachedPatchSource(_cache, "tones").Fill(batch, position);
        var (first, second) = new ViewMaker(settings, _cache.Normalisation, CPU, float32).Make(batch, position);
        return cat([first, second], 0).data<float>().ToArray();
    }

    private static JsonObject Views(PretrainSettings settings) => JsonNode.Parse(settings.ToJson())!["views"]!.AsObject();

    private static IEnumerable<string> Leaves(JsonObject json) => json.SelectMany(entry => entry.Value is JsonObject inner
        ? Leaves(inner).Select(name => $"{entry.Key}.{name}")
        : [entry.Key]);
}
