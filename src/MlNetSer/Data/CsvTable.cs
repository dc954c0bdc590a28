using System.Globalization;

namespace MlNetSer;

/// <summary>A CSV file with a header. Whatever is wrong with a value, the message names file, line, column and value.</summary>
internal sealed class CsvTable
{
    private readonly string[] _header;

    private CsvTable(string path, string[] header) => (Path, _header) = (path, header);

    public string Path { get; }

    /// <summary>At least one. They are read one at a time: of a list of many sounds only what becomes of a row stays in memory.</summary>
    /// <exception cref="InvalidDataException">While they are read: there are none, or one has another number of fields than the header.</exception>
    public IEnumerable<Row> Rows
    {
        get
        {
            var isEmpty = true;
            foreach (var (number, fields) in CsvLines.Read(Path).Skip(1))
            {
                if (fields.Length != _header.Length)
                    throw new InvalidDataException($"'{Path}' line {number}: {fields.Length} fields, expected {_header.Length} as in the header.");
                isEmpty = false;
                yield return new(this, number, fields);
            }
            if (isEmpty) throw new InvalidDataException($"'{Path}' lists no sounds: there is nothing after its header.");
        }
    }

    /// <exception cref="InvalidDataException">There is no header.</exception>
    public static CsvTable Read(string path)
    {
        var header = CsvLines.Read(path).FirstOrDefault().Fields
            ?? throw new InvalidDataException($"'{path}' is empty: expected a header such as 'filename,fold,category'.");
        return new(path, header);
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
