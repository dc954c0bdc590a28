namespace MlNetSer.Cli;

/// <summary>Sounds that could not be read: a few are listed and left out, many stop the verb.</summary>
internal static class SkippedSounds
{
    private const double MostAllowed = 0.1;
    private const int MostListed = 20;

    /// <summary>Lists what was left out.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="unreadable">What was left out.</param>
    /// <param name="total">How many sounds there are, these among them.</param>
    /// <param name="always">As many are no error where others can be read, even if they are more than a tenth.</param>
    /// <exception cref="Failure">More than a tenth of the sounds could not be read.</exception>
    public static void Report(Screen screen, IReadOnlyList<UnreadableSound> unreadable, int total, int always = 0)
    {
        if (unreadable.Count == 0) return;
        var few = unreadable.Count <= always && (unreadable.Count < total || total == 1);
        if (unreadable.Count > MostAllowed * total && !few)
        {
            throw new Failure(
                $"{unreadable.Count} of {total} sounds cannot be read, more than a tenth: mend or remove them. The first: {unreadable[0].Error}");
        }
        screen.Warn($"{unreadable.Count} of {total} sounds cannot be read and are left out:");
        foreach (var sound in unreadable.Take(MostListed)) screen.Warn($"  {sound.Error}");
        if (unreadable.Count > MostListed) screen.Warn($"  and {unreadable.Count - MostListed} more");
    }
}
