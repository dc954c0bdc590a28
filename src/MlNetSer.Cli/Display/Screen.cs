using System.Text.Json;
using Spectre.Console;

namespace MlNetSer.Cli;

/// <summary>
/// Where the tool writes: results to standard output, progress, notes and errors to standard error, so that results can be piped. What is
/// not a terminal gets plain text without control codes. Verbs give each result twice, for people and as a value for programs; which of them is
/// written is decided here, as is what is left out where there shall be quiet.
/// </summary>
internal sealed class Screen(TextWriter output, IAnsiConsole? outputTerminal, TextWriter error, IAnsiConsole? errorTerminal)
{
    private const int WidthOfFiles = 110;

    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The process's own outputs.</summary>
    public static Screen OfProcess() => new(
        Console.Out,
        Console.IsOutputRedirected ? null : Terminal(Console.Out),
        Console.Error,
        Console.IsErrorRedirected ? null : Terminal(Console.Error));

    /// <summary>Results are JSON, one value for each command.</summary>
    public bool IsJson { get; set; }

    /// <summary>No progress, no notes, no hints: results, warnings and errors only.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>Characters that fit on a line of the result.</summary>
    public int Width => outputTerminal?.Profile.Width ?? WidthOfFiles;

    /// <summary>A line of the result for people.</summary>
    public void Line(string text = "")
    {
        if (!IsJson) output.WriteLine(text);
    }

    /// <summary>A result that is the same for people and for programs.</summary>
    public void Text(string text) => output.WriteLine(text);

    /// <summary>What people may do next.</summary>
    public void Next(string command)
    {
        if (!IsQuiet) Line($"Next: {Tool.Name} {command}");
    }

    /// <summary>A line about what is going on.</summary>
    public void Note(string text)
    {
        if (!IsQuiet) error.WriteLine(text);
    }

    /// <summary>A line about what people should know, quiet or not.</summary>
    public void Warn(string text) => error.WriteLine(text);

    /// <summary>The line that says why the verb failed.</summary>
    public void Error(string text) => error.WriteLine($"{Tool.Name}: {text}");

    /// <summary>The result for programs.</summary>
    public void Json<T>(T value)
    {
        if (IsJson) output.WriteLine(JsonSerializer.Serialize(value, JsonOptions));
    }

    /// <summary>Names and values below each other, each on one line. Those without a value are left out.</summary>
    public void Properties(IReadOnlyList<(string Name, string Value)> properties)
    {
        var width = properties.Max(p => p.Name.Length);
        foreach (var (name, value) in properties.Where(p => p.Value.Length > 0)) Line($"{name.PadRight(width)}  {Failure.OneLine(value)}");
    }

    /// <summary>A table of the result for people: framed on a terminal, Markdown elsewhere. Columns after the first are right-aligned.</summary>
    public void Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (IsJson) return;
        if (outputTerminal is null)
        {
            MarkdownTable.Write(output, header, [.. rows]);
            return;
        }
        var table = new Table { Border = TableBorder.Rounded };
        for (var c = 0; c < header.Count; c++)
            table.AddColumn(new TableColumn(Markup.Escape(header[c])) { Alignment = c == 0 ? Justify.Left : Justify.Right, NoWrap = true });
        foreach (var row in rows) table.AddRow([.. row.Select(Markup.Escape)]);
        outputTerminal.Write(table);
    }

    /// <summary>Does something that takes a while, under a progress bar, or with a line now and then where there is no terminal.</summary>
    public T Progress<T>(string title, Func<IProgress<ProgressState>, T> work)
    {
        if (IsQuiet) return work(new Relay<ProgressState>(_ => { }));
        return errorTerminal is null ? work(new ProgressLines(title, Note, TimeProvider.System)) : new ProgressBar(errorTerminal, title).Run(work);
    }

    /// <inheritdoc cref="Progress{T}"/>
    public void Progress(string title, Action<IProgress<ProgressState>> work) => Progress(title, progress =>
    {
        work(progress);
        return true;
    });

    private static IAnsiConsole Terminal(TextWriter writer) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
}
