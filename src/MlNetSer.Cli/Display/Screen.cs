using System.Text.Json;
using Spectre.Console;

namespace MlNetSer.Cli;

/// <summary>
/// Where the tool writes: results to standard output, progress, notes and errors to standard error, so that results can be piped. What is
/// not a terminal gets plain text without control codes.
/// </summary>
internal sealed class Screen
{
    /// <summary>Wide enough that no table is wrapped in a file or pipe.</summary>
    private const int WidthOfFiles = 1000;

    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly IAnsiConsole _output, _error;
    private readonly bool _outputIsTerminal;

    public Screen(TextWriter output, TextWriter error)
    {
        (Output, ErrorOutput) = (output, error);
        _outputIsTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        ErrorIsTerminal = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
        _output = CreateConsole(output, _outputIsTerminal);
        _error = CreateConsole(error, ErrorIsTerminal);
    }

    /// <summary>Standard output, for what is not meant for people's eyes.</summary>
    public TextWriter Output { get; }

    internal TextWriter ErrorOutput { get; }

    internal bool ErrorIsTerminal { get; }

    /// <summary>A line of the result.</summary>
    public void Line(string text = "") => Output.WriteLine(text);

    /// <summary>A line about what is going on.</summary>
    public void Note(string text) => ErrorOutput.WriteLine(text);

    /// <summary>The line that says why the verb failed.</summary>
    public void Error(string text) => ErrorOutput.WriteLine($"{Tool.Name}: {text}");

    /// <summary>The result for programs.</summary>
    public void Json<T>(T value) => Output.WriteLine(JsonSerializer.Serialize(value, JsonOptions));

    /// <summary>Names and values below each other, each on one line. Those without a value are left out.</summary>
    public void Properties(IReadOnlyList<(string Name, string Value)> properties)
    {
        var width = properties.Max(p => p.Name.Length);
        foreach (var (name, value) in properties.Where(p => p.Value.Length > 0)) Line($"{name.PadRight(width)}  {Failure.OneLine(value)}");
    }

    /// <summary>A table of the result: frames on a terminal, Markdown elsewhere. Columns after the first are right-aligned.</summary>
    public void Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = _outputIsTerminal ? TableBorder.Rounded : TableBorder.Markdown };
        for (var c = 0; c < header.Count; c++)
            table.AddColumn(new TableColumn(Markup.Escape(header[c])) { Alignment = c == 0 ? Justify.Left : Justify.Right, NoWrap = true });
        foreach (var row in rows) table.AddRow([.. row.Select(Markup.Escape)]);
        _output.Write(table);
    }

    /// <summary>Does something that takes a while, under a progress bar, or with a line now and then where there is no terminal.</summary>
    public T Progress<T>(string title, Func<IProgress<ProgressState>, T> work) =>
        ErrorIsTerminal ? new ProgressBar(_error, title).Run(work) : work(new ProgressLines(title, Note, TimeProvider.System));

    /// <inheritdoc cref="Progress{T}"/>
    public void Progress(string title, Action<IProgress<ProgressState>> work) => Progress(title, progress =>
    {
        work(progress);
        return true;
    });

    private static IAnsiConsole CreateConsole(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            // They switch colours on for build servers, whose logs are no terminals.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (!isTerminal) console.Profile.Width = WidthOfFiles;
        return console;
    }
}
