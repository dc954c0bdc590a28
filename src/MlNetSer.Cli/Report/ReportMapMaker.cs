namespace MlNetSer.Cli;

/// <summary>The embedding map of a report.</summary>
internal static class ReportMapMaker
{
    private const double Perplexity = 20;

    /// <summary>Places some of the sounds, of each label its share, and takes a piece of each to listen to.</summary>
    public static ReportMap Make(SoundFeatures features, int most, IProgress<ProgressState> progress, CancellationToken cancellation)
    {
        int[] chosen = [.. Choose(features.Sounds, most)];
        float[][] vectors = [.. chosen.Select(i => features.Vectors[i])];
        var principal = PrincipalComponents.Project(vectors, 2);
        var neighbours = NeighbourMap.Project(vectors, principal, Perplexity, cancellation);
        string[] labels = [.. features.Sounds.Select(s => s.Label).Where(l => l.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        double[][] first = ToUnitSquare(principal), second = ToUnitSquare(neighbours);
        var clips = chosen.Select((i, at) =>
        {
            progress.Report(new(at + 1, chosen.Length));
            var sound = features.Sounds[i];
            var audio = Convert.ToBase64String(ClipSnippet.Of(sound.Path, cancellation));
            return new ReportClip(Path.GetFileName(sound.Path), Array.IndexOf(labels, sound.Label), first[at], second[at], audio);
        });
        return new(ClipSnippet.SampleRate, labels, [.. clips]);
    }

    /// <summary>At even distances among the sounds in the order of their labels.</summary>
    public static IEnumerable<int> Choose(IReadOnlyList<LabelledSound> sounds, int most)
    {
        int[] order = [.. Enumerable.Range(0, sounds.Count).OrderBy(i => sounds[i].Label, StringComparer.Ordinal)];
        var count = Math.Min(most, order.Length);
        return Enumerable.Range(0, count).Select(i => order[(int)((long)i * order.Length / count)]).Order();
    }

    private static double[][] ToUnitSquare(double[][] points)
    {
        double[] least = [points.Min(p => p[0]), points.Min(p => p[1])], size = [points.Max(p => p[0]) - least[0], points.Max(p => p[1]) - least[1]];
        return [.. points.Select(p => p.Select((value, d) => Math.Round((value - least[d]) / Math.Max(size[d], 1e-12), 4)).ToArray())];
    }
}
