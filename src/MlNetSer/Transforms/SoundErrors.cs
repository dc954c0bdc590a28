namespace MlNetSer;

/// <summary>What a pipeline does about a sound that cannot be read.</summary>
public enum SoundErrors
{
    /// <summary>Fit or Transform stops with an exception that names the file.</summary>
    Throw,

    /// <summary>
    /// The row's embedding is missing: all its values are NaN, which <c>FilterRowsByMissingValues</c> drops. The file and the reason are written as
    /// <c>UnreadableSound</c> to the event source <c>MlNetSer</c>, and counted by <c>mlnetser.unreadable_sounds</c> of the meter of that name, in the process
    /// that fits the pipeline and in any that loads it.
    /// </summary>
    Missing,
}
