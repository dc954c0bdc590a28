using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MlNetSer.Training;

/// <summary>How run files are written as JSON. A misspelt setting is an error.</summary>
internal static class RunJson
{
    // By reflection: generated readers forget the defaults of init-only properties that the text leaves out.
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        WriteIndented = true,
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>Any JSON, to look at before it is read.</summary>
    /// <exception cref="FormatException">The text is no JSON; the message is one line.</exception>
    public static JsonNode? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter where a name has half of a surrogate pair.
            throw new FormatException(OneLine(e), e);
        }
    }

    /// <exception cref="FormatException">The text is no JSON of this kind; the message is one line.</exception>
    public static T Read<T>(string json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Options) ?? throw new FormatException("it is 'null'");
        }
        catch (JsonException e)
        {
            throw new FormatException(Explain(typeof(T), json, e), e);
        }
    }

    /// <summary>Names the setting, what it is and what was expected, where the library would name types of ours.</summary>
    private static string Explain(Type type, string json, JsonException e)
    {
        // "$.views.specAugment.fill"; no path where the text is no JSON at all.
        if (e.Path is not ['$', '.', .. var path] || path.Contains('[', StringComparison.Ordinal)) return OneLine(e);
        var value = Parse(json);
        foreach (var name in path.Split('.'))
        {
            if (Options.GetTypeInfo(type).Properties.FirstOrDefault(p => p.Name == name) is not { } property) return $"there is no setting '{path}'";
            type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            value = value?[name];
        }
        var expected = type switch
        {
            { IsEnum: true } => $"one of {string.Join(", ", Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(v => Name(type, v)))}",
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ when type == typeof(double) => "a number",
            _ when type == typeof(string) => "a text",
            _ => "an object or a list",
        };
        return $"{path} is {value?.ToJsonString() ?? "null"}, expected {expected}";
    }

    /// <summary>The library quotes what it cannot read, however many lines it has.</summary>
    private static string OneLine(Exception e) => e.Message.ReplaceLineEndings(" ");

    private static string Name(Type type, object value) => JsonSerializer.Serialize(Enum.ToObject(type, value), type, Options).Trim('"');
}
