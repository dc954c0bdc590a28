namespace MlNetSer.Cli;

/// <summary>Text in CSV files.</summary>
internal static class CsvField
{
    /// <summary>A field, in double quotes where it needs them.</summary>
    public static string Quoted(string field) =>
        field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
