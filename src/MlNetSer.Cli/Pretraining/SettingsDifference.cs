using System.Text.Json.Nodes;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>In what two runs' settings differ.</summary>
internal static class SettingsDifference
{
    /// <summary>The settings that are not the same, named as in JSON (views.mixBack.alpha), with both values.</summary>
    public static IEnumerable<(string Setting, string First, string Second)> Of(PretrainSettings first, PretrainSettings second) =>
        Of("", JsonNode.Parse(first.ToJson()), JsonNode.Parse(second.ToJson()));

    private static IEnumerable<(string Setting, string First, string Second)> Of(string name, JsonNode? first, JsonNode? second)
    {
        if (first is JsonObject a && second is JsonObject b)
            return a.SelectMany(entry => Of(name.Length == 0 ? entry.Key : $"{name}.{entry.Key}", entry.Value, b[entry.Key]));
        return JsonNode.DeepEquals(first, second) ? [] : [(name, Text(first), Text(second))];
    }

    private static string Text(JsonNode? value) => value switch
    {
        null => "null",
        JsonValue leaf => leaf.ToString(),
        _ => value.ToJsonString(),
    };
}
