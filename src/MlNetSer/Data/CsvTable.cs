using System.Globalization;

namespace MlNetSer;

/// <summary>A CSV file with a header. Whatever is wrong with a value, the message names file, line, column and value.</summary>
internal sealed class CsvTable
{
    private readonly string[] _header;
    private readonly List<Row> _rows = [];

    private CsvTable(string path, string[] header) => (Path, _header) = (path, header);

    public string Path { get; }

    /// <summary>At least one.</summary>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public IReadOnlyList<Row> Rows =>
        _rows.Count > 0 ? _rows : throw new InvalidDataException($"'{Path}' lists no sounds: there is nothing after its header.");

    /// <exception cref="InvalidDataException">There is no header, or a row has another number of fields.</exception>
    public static CsvTable Read(string path)
    {
        var lines = CsvLines.Read(path);
        if (lines.Count == 0) throw new InvalidDataException($"'{path}' is empty: expected a header such as 'filename,fold,category'.");
        var header = lines[0].Fields;
        var table = new CsvTable(path, header);
        foreach (var (number, fields) in lines.Skip(1))
        {
            if (fields.Length != header.Length)
                throw new InvalidDataException($"'{path}' line {number}: {fields.Length} fields, expected {header.Length} as in the header.");
            table._rows.Add(new(table, number, fields));
        }
        return table;
    }

    /// <summary>The first of these columns that there is, or -1. Case makes no difference.</summary>
    public int FindColumn(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var at = Array.FindIndex(_header, h => h.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (at >= 0) return at;
        }
        return -1;
    }

    /// <exception cref="InvalidDataException">There is no such column.</exception>
    public int Column(params string[] names)
    {
        var at = FindColumn(names);
        if (at >= 0) return at;
        var expected = names.Length == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";
        throw new InvalidDataException($"'{Path}' has no column {expected}: its header is '{string.Join(',', _header)}'.");
    }

    internal readonly struct Row(CsvTable table, int line, string[] fields)
    {
        /// <exception cref="InvalidDataException">The value is empty.</exception>
        public string Text(int column) =>
            fields[column].Length > 0
                ? fields[column]
                : throw new InvalidDataException($"'{table.Path}' line {line}: the column '{table._header[column]}' is empty.");

        /// <exception cref="InvalidDataException">The value is no whole number from <paramref name="least"/> to <paramref name="most"/>.</exception>
        public int Whole(int column, int least = int.MinValue, int most = int.MaxValue)
        {
            if (int.TryParse(fields[column], CultureInfo.InvariantCulture, out var value) && value >= least && value <= most) return value;
            throw Wrong(column, least == int.MinValue ? "a whole number" : $"a whole number from {least} to {most}");
        }

        public InvalidDataException Wrong(int column, string expected) =>
            new($"'{table.Path}' line {line}: the {table._header[column]} is '{fields[column]}', expected {expected}.");
    }
}
