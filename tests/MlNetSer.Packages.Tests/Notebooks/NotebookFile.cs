using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlNetSer.NotebookHost;

namespace MlNetSer.Packages.Tests.Notebooks;

/// <summary>A cell of a notebook.</summary>
/// <param name="IsCode">Code, or else Markdown.</param>
/// <param name="Source">Its text, without a line end after the last line.</param>
/// <param name="Outputs">What it displayed; pictures as image/png in base 64.</param>
internal sealed record NotebookCell(bool IsCode, string Source, IReadOnlyList<CellOutput> Outputs);

/// <summary>Jupyter's format 4.5 with the C# kernel of .NET Interactive, as Verso and others read it.</summary>
internal static partial class NotebookFile
{
    public const string Picture = "image/png";

    private static readonly JsonSerializerOptions s_format = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IReadOnlyList<NotebookCell> Read(string path)
    {
        var cells = JsonNode.Parse(File.ReadAllText(path))!["cells"]!.AsArray();
        return [.. cells.Select(cell => new NotebookCell(
            (string)cell!["cell_type"]! == "code", Text(cell["source"]!), [.. (cell["outputs"]?.AsArray() ?? []).Select(o => Output(o!))]))];
    }

    public static void Write(string path, IEnumerable<NotebookCell> cells)
    {
        var count = 0;
        var notebook = new JsonObject
        {
            ["cells"] = new JsonArray([.. cells.Select((cell, i) => cell.IsCode ? Code(cell, i, ++count) : Markdown(cell, i))]),
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" },
                ["language_info"] = new JsonObject { ["name"] = "C#", ["file_extension"] = ".cs", ["mimetype"] = "text/x-csharp" },
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
        File.WriteAllText(path, notebook.ToJsonString(s_format) + "\n");
    }

    private static JsonObject Markdown(NotebookCell cell, int number) => new()
    {
        ["cell_type"] = "markdown",
        ["id"] = $"cell-{number}",
        ["metadata"] = new JsonObject(),
        ["source"] = Lines(cell.Source),
    };

    private static JsonObject Code(NotebookCell cell, int number, int executed) => new()
    {
        ["cell_type"] = "code",
        ["execution_count"] = executed,
        ["id"] = $"cell-{number}",
        ["metadata"] = new JsonObject { ["dotnet_interactive"] = new JsonObject { ["language"] = "csharp" } },
        ["outputs"] = new JsonArray([.. cell.Outputs.Select(Output)]),
        ["source"] = Lines(cell.Source),
    };

    private static JsonObject Output(CellOutput output) => output.MimeType == CellOutput.Text
        ? new() { ["name"] = "stdout", ["output_type"] = "stream", ["text"] = Lines(output.Content) }
        : new()
        {
            ["data"] = new JsonObject { [output.MimeType] = output.Content },
            ["metadata"] = new JsonObject(),
            ["output_type"] = "display_data",
        };

    private static CellOutput Output(JsonNode output)
    {
        if (output["text"] is { } text) return new(CellOutput.Text, Text(text));
        var (type, content) = output["data"]!.AsObject().Single();
        return new(type, Text(content!));
    }

    /// <summary>Each line with its end, as Jupyter has texts.</summary>
    private static JsonArray Lines(string text) => new([.. Line().Matches(text).Select(line => (JsonNode)line.Value)]);

    private static string Text(JsonNode source) => source is JsonArray lines ? string.Concat(lines.Select(l => (string)l!)) : (string)source!;

    [GeneratedRegex(@"[^\n]*\n|[^\n]+")]
    private static partial Regex Line();
}
