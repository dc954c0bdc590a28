using System.Globalization;

namespace MlNetSer.Cli;

/// <summary>Events and probabilities over time as files for other programs. Times are seconds from the beginning of the recording.</summary>
internal static class TimelineFiles
{
    public static readonly string[] EventHeader = ["path", "onset", "offset", "label", "score"];

    public static IReadOnlyList<string> EventRow(string path, SoundEvent e) => [path, Seconds(e.Onset), Seconds(e.Offset), e.Label, Probability(e.Score)];

    /// <summary>A label track, as Audacity imports it: begin, end and text, separated by tabs.</summary>
    public static void WriteAudacity(string path, IReadOnlyList<SoundEvent> events) => AtomicFile.WriteText(
        path, string.Concat(events.Select(e => $"{Seconds(e.Onset)}\t{Seconds(e.Offset)}\t{OneWord(e.Label)} {Probability(e.Score)}\n")));

    public static IReadOnlyList<string> ProbabilityHeader(IEnumerable<string> labels) => ["path", "onset", "offset", .. labels];

    public static IReadOnlyList<string> ProbabilityRow(string path, TimelinePrediction p) =>
        [path, Seconds(p.Onset), Seconds(p.Offset), .. p.Prediction.Probabilities.Select(Probability)];

    private static string Seconds(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Probability(float value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string OneWord(string label) => label.Replace('\t', ' ').ReplaceLineEndings(" ");
}
