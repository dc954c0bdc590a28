using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>Everything that the figures of a reproduction depend on; the file <c>reproduction.json</c> of its folder.</summary>
/// <param name="Pretraining">How the encoder is pretrained; its seed and precision are those of all other trainings too.</param>
/// <param name="DownstreamEpochs">Epochs of each classifier's training.</param>
/// <param name="Data">A hash of the sounds' names, labels and parts.</param>
internal sealed record ReproducePlan(PretrainSettings Pretraining, int DownstreamEpochs, string Data)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static ReproducePlan Of(PretrainSettings pretraining, int downstreamEpochs, FsdNoisy18k data) =>
        new(pretraining, downstreamEpochs, Fingerprint(data));

    /// <summary>How a classifier is trained.</summary>
    public DownstreamSettings Downstream(DownstreamMode mode) => new()
    {
        Mode = mode,
        Epochs = DownstreamEpochs,
        BatchSize = Pretraining.BatchSize,
        Precision = Pretraining.Precision,
        Seed = Pretraining.Seed,
    };

    /// <summary>Makes the folder that of this plan.</summary>
    /// <exception cref="Failure">It is already that of another.</exception>
    public void Claim(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "reproduction.json");
        if (!File.Exists(path))
        {
            AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Options));
            return;
        }
        var started = Read(path);
        if (Differences(started).FirstOrDefault() is { } difference)
            throw new Failure($"{folder} was started with {difference}: give the same again, or another folder by --out.");
    }

    private IEnumerable<string> Differences(ReproducePlan started)
    {
        foreach (var (setting, first, second) in SettingsDifference.Of(started.Pretraining, Pretraining)) yield return $"{setting} {first}, not {second}";
        if (started.DownstreamEpochs != DownstreamEpochs) yield return $"--downstream-epochs {started.DownstreamEpochs}, not {DownstreamEpochs}";
        if (started.Data != Data) yield return "other sounds or labels";
    }

    internal static ReproducePlan Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ReproducePlan>(File.ReadAllText(path), Options) ?? throw new JsonException("it is 'null'");
        }
        catch (JsonException e)
        {
            throw new Failure($"{path} is damaged: {Failure.OneLine(e.Message)}");
        }
    }

    private static string Fingerprint(FsdNoisy18k data)
    {
        var text = new StringBuilder();
        foreach (var part in (IReadOnlyList<LabelledSound>[])[data.TrainNoisy, data.TrainClean, data.Test])
        {
            foreach (var sound in part) text.Append(Path.GetFileName(sound.Path)).Append(',').Append(sound.Label).Append('\n');
            text.Append('\n');
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }
}
