using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MlNetSer.Cli;

/// <summary>What a report shows; the page's script draws it.</summary>
internal sealed record ReportPage
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.Default };

    public required string Title { get; init; }

    public required string Summary { get; init; }

    /// <summary>The figures that one looks for first.</summary>
    public required IReadOnlyList<NamedValue> Figures { get; init; }

    public required IReadOnlyList<ReportPoint> Curve { get; init; }

    public EvaluationReport? Evaluation { get; init; }

    /// <summary>What was evaluated on, or why nothing was.</summary>
    public required string EvaluationNote { get; init; }

    public ReportMap? Map { get; init; }

    /// <summary>What the map is of, or why there is none.</summary>
    public required string MapNote { get; init; }

    public required IReadOnlyList<ReportViews> Views { get; init; }

    public required IReadOnlyList<ReportSetting> Settings { get; init; }

    public required IReadOnlyList<NamedValue> Origin { get; init; }

    public required IReadOnlyList<ReportSession> Sessions { get; init; }

    public required string Footer { get; init; }

    /// <summary>Writes the page: one file without references to anything outside it.</summary>
    public void Write(string path)
    {
        // The encoder escapes what could end the script element that the data are in.
        var page = Part("report.html")
            .Replace("/*STYLE*/", Part("report.css"), StringComparison.Ordinal)
            .Replace("/*SCRIPT*/", Part("report.js"), StringComparison.Ordinal)
            .Replace("<!--TITLE-->", HtmlEncoder.Default.Encode(Title), StringComparison.Ordinal)
            .Replace("/*DATA*/", JsonSerializer.Serialize(this, Options), StringComparison.Ordinal);
        AtomicFile.WriteText(path, page);
    }

    private static string Part(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>A fact, with what there is to say about it.</summary>
internal sealed record NamedValue(string Name, string Value, string Note = "");

/// <summary>An epoch.</summary>
internal sealed record ReportPoint(int Epoch, double Loss, double LearningRate, double PatchesPerSecond, double? Linear, double? Neighbours);

/// <summary>A setting, and whether it is another than the published one.</summary>
internal sealed record ReportSetting(string Name, string Value, bool IsChanged);

/// <summary>Embeddings as points on a plane, by two methods. Audio is mu-law, a byte per sample, in base 64.</summary>
internal sealed record ReportMap(int SampleRate, IReadOnlyList<string> Labels, IReadOnlyList<ReportClip> Clips);

/// <summary>A point of the map: places within 0 to 1, the label's number or -1.</summary>
internal sealed record ReportClip(string Name, int Label, double[] Principal, double[] Neighbours, string Audio);

/// <summary>A clip and its two views as pictures.</summary>
internal sealed record ReportViews(string Name, double Seconds, double PatchSeconds, string Clip, string? Share, IReadOnlyList<ReportView> Views)
{
    /// <summary>Round frequencies and where they lie, from 0 at the bottom to 1.</summary>
    public required IReadOnlyList<ReportTick> Frequencies { get; init; }
}

/// <summary>One view: where its patch begins in seconds, and its picture.</summary>
internal sealed record ReportView(double From, string? Background, string Picture);

/// <summary>A place on an axis.</summary>
internal sealed record ReportTick(string Label, double At);

/// <summary>When, how long and where the run was trained.</summary>
internal sealed record ReportSession(string Started, string Time, int Epochs, string Processor, string Device, string Memory, string System);
