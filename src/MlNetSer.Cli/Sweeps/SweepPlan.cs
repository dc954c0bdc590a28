using System.Text.Json.Nodes;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>
/// The variants that a sweep compares, by name and in order. The file is a JSON object: <c>base</c> holds pretraining settings that all variants
/// share, <c>variants</c> holds an object for each name with the settings that differ. Objects are merged member by member; null is a value
/// like any other, so it turns an augmentation off.
/// </summary>
internal sealed record SweepPlan(IReadOnlyList<(string Name, PretrainSettings Settings)> Variants)
{
    /// <exception cref="Failure">The file cannot be understood; the message names it and the variant.</exception>
    public static SweepPlan Read(string path)
    {
        if (!File.Exists(path)) throw new Failure($"There is no file '{path}': expected a JSON file with base and variants.");
        JsonObject plan;
        try
        {
            plan = RunJson.Parse(File.ReadAllText(path)) as JsonObject
                ?? throw new Failure($"{path} is no JSON object: expected one with base and variants.");
        }
        catch (FormatException e)
        {
            throw new Failure($"{path} is no JSON: {e.Message}");
        }
        if (plan.Select(p => p.Key).FirstOrDefault(name => name is not ("base" or "variants")) is { } unknown)
            throw new Failure($"{path} has a member '{unknown}': expected base and variants.");
        if (plan["variants"] is not JsonObject { Count: > 0 } variants)
            throw new Failure($"{path} has no variants: expected an object with the settings that differ under each variant's name.");
        var common = ObjectOrEmpty(path, "base", plan["base"]);
        var read = variants.Select(v => (v.Key, Settings: ReadVariant(path, v.Key, common, ObjectOrEmpty(path, v.Key, v.Value)))).ToArray();
        foreach (var sameFolder in read.GroupBy(v => FolderName(v.Key)).Where(g => g.Count() > 1))
            throw new Failure($"{path}: the variants '{string.Join("' and '", sameFolder.Select(v => v.Key))}' would share the folder {sameFolder.Key}.");
        return new(read);
    }

    /// <summary>A variant's name as a folder's.</summary>
    public static string FolderName(string variant) =>
        string.Concat(variant.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');

    private static JsonObject ObjectOrEmpty(string path, string name, JsonNode? node) => node switch
    {
        null => [],
        JsonObject members => members,
        _ => throw new Failure($"{path}: '{name}' is {node.GetValueKind()}, expected an object of pretraining settings."),
    };

    private static PretrainSettings ReadVariant(string path, string name, JsonObject common, JsonObject own)
    {
        if (FolderName(name).Length == 0) throw new Failure($"{path}: a variant is called '{name}', expected a name with letters or digits.");
        try
        {
            return PretrainSettings.FromJson(Merge(common, own).ToJsonString());
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new Failure($"{path}, variant '{name}': {e.Message}");
        }
    }

    private static JsonObject Merge(JsonObject under, JsonObject over)
    {
        var merged = (JsonObject)under.DeepClone();
        foreach (var (name, value) in over)
        {
            merged[name] = value is JsonObject inner && merged[name] is JsonObject outer
                ? Merge(outer, inner)
                : value?.DeepClone();
        }
        return merged;
    }
}
