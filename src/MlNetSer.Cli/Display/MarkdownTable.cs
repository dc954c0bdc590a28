namespace MlNetSer.Cli;

/// <summary>Tables for files and pipes: Markdown with aligned columns, which is as easy to read as to paste.</summary>
internal static class MarkdownTable
{
    /// <summary>Writes a table. Columns after the first are right-aligned.</summary>
    public static void Write(TextWriter output, IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. header.Select((name, c) => Math.Max(3, rows.Select(r => r[c].Length).Prepend(name.Length).Max()))];
        WriteRow(header);
        WriteRow([.. widths.Select((width, c) => c == 0 ? new string('-', width) : new string('-', width - 1) + ':')]);
        foreach (var row in rows) WriteRow(row);

        void WriteRow(IReadOnlyList<string> cells) =>
            output.WriteLine($"| {string.Join(" | ", cells.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c])))} |");
    }
}
