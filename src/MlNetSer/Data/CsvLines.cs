using System.Text;

namespace MlNetSer;

/// <summary>The rows of a CSV file: comma-separated, fields optionally in double quotes.</summary>
internal static class CsvLines
{
    /// <summary>Reads every line that is not blank, one at a time.</summary>
    /// <param name="path">A UTF-8 file.</param>
    /// <returns>Line number (from 1) and the trimmed fields of each line.</returns>
    /// <exception cref="InvalidDataException">A quote is not closed on its line, or the file is no text.</exception>
    public static IEnumerable<(int Number, string[] Fields)> Read(string path)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Contains('\0', StringComparison.Ordinal)) throw new InvalidDataException($"'{path}' line {number}: holds a NUL character, expected UTF-8 text.");
            if (!string.IsNullOrWhiteSpace(line)) yield return (number, Split(path, number, line));
        }
    }

    private static string[] Split(string path, int number, string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }
        if (quoted) throw new InvalidDataException($"'{path}' line {number}: a double quote is not closed.");
        fields.Add(field.ToString().Trim());
        return [.. fields];
    }
}
