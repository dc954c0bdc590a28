namespace MlNetSer;

/// <summary>Accuracies from a confusion matrix.</summary>
internal static class ConfusionAccuracy
{
    /// <summary>The share of clips labelled correctly, and the mean of that share over the labels that occur.</summary>
    /// <param name="counts"><c>counts[i][j]</c> clips of label i were taken for label j; at least one clip in all.</param>
    public static (double Micro, double Macro) Of(int[][] counts)
    {
        var occurring = counts.Select((row, label) => (Right: row[label], Clips: row.Sum())).Where(r => r.Clips > 0).ToArray();
        return ((double)occurring.Sum(r => r.Right) / occurring.Sum(r => r.Clips), occurring.Average(r => (double)r.Right / r.Clips));
    }
}
