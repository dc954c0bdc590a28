namespace MlNetSer.Cli;

/// <summary>Sounds that could not be read: a few are listed and left out, many stop the verb.</summary>
internal static class SkippedSounds
{
    private const double MostAllowed = 0.1;
    private const int MostListed = 20;

    /// <summary>Lists what was left out.</summary>
    /// <exception cref="Failure">More than a tenth of the sounds could not be read.</exception>
    public static void Report(Screen screen, IReadOnlyList<UnreadableSound> unreadable, int total)
    {
        if (unreadable.Count == 0) return;
        if (unreadable.Count > MostAllowed * total)
        {
            throw new Failure(
                $"{unreadable.Count} of {total} sounds cannot be read, more than a tenth: mend or remove them. The first: {unreadable[0].Error}");
        }
        screen.Note($"{unreadable.Count} of {total} sounds cannot be read and are left out:");
        foreach (var sound in unreadable.Take(MostListed)) screen.Note($"  {sound.Error}");
        if (unreadable.Count > MostListed) screen.Note($"  and {unreadable.Count - MostListed} more");
    }
}
