using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MlNetSer.Onnx;

namespace MlNetSer.Training;

/// <summary>What a run was started with: run.json.</summary>
public sealed record RunDescription
{
    private const int CurrentFormat = 3;

    /// <summary>The version of the run folder's layout.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>All settings of the run.</summary>
    public required PretrainSettings Settings { get; init; }

    /// <summary>What it learns from.</summary>
    public required TrainingData Data { get; init; }

    /// <summary>The front end, which is one of the settings.</summary>
    [JsonIgnore]
    public LogMelSettings LogMel => Settings.LogMel;

    /// <summary>The normalisation of the encoder's input.</summary>
    public required InputNormalisation Normalisation { get; init; }

    /// <summary>Reads the description of a run.</summary>
    /// <param name="runFolder">The run's folder.</param>
    /// <exception cref="RunException">There is no run in the folder, or its description is damaged or of a newer version.</exception>
    public static RunDescription Read(string runFolder)
    {
        var path = RunFolder.DescriptionPath(runFolder);
        if (!File.Exists(path)) throw new RunException($"{runFolder} holds no run: there is no {Path.GetFileName(path)} in it.");
        return Parse(path, File.ReadAllText(path));
    }

    /// <summary>Reads a description from the text of its file.</summary>
    /// <exception cref="RunException">It is damaged or of a newer version.</exception>
    internal static RunDescription Parse(string path, string text)
    {
        try
        {
            var json = RunJson.Parse(text);
            // Asked first: a newer version may have settings that this one does not know.
            var format = (int?)json?["format"] ?? CurrentFormat;
            if (format is < 1 or > CurrentFormat)
                throw new RunException($"{path} has format {format}, and this version of MlNetSer reads formats 1 to {CurrentFormat}.");
            if (format == 1) RenamePrecision(json!);
            if (format <= 2) MoveFrontEnd(json!.AsObject());
            else if (json?["logMel"] is not null) throw new FormatException("there is no setting 'logMel' but among 'settings'");
            var description = RunJson.Read<RunDescription>(json?.ToJsonString() ?? text);
            description.Settings.Validate();
            return description with { Format = CurrentFormat };
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new RunException($"{path} is damaged: {e.Message}", e);
        }
    }

    /// <summary>Format 1 said "Full" for float32.</summary>
    private static void RenamePrecision(JsonNode run)
    {
        if (run["settings"] is JsonObject settings && (string?)settings["precision"] == "Full") settings["precision"] = "float32";
    }

    /// <summary>Until format 2 the front end stood beside the settings, and at last in them as well.</summary>
    private static void MoveFrontEnd(JsonObject run)
    {
        if (!run.TryGetPropertyValue("logMel", out var logMel)) throw new FormatException("there is no logMel in it");
        run.Remove("logMel");
        if (run["settings"] is JsonObject settings && !settings.ContainsKey("logMel")) settings["logMel"] = logMel;
    }

    internal void Write(string runFolder) =>
        AtomicFile.WriteText(RunFolder.DescriptionPath(runFolder), RunJson.Write(this));

    internal static RunDescription Of(PretrainSettings settings, IPatchSource source) =>
        new() { Settings = settings with { LogMel = source.LogMel }, Data = source.Data, Normalisation = source.Normalisation };
}
