namespace MlNetSer.Cli;

/// <summary>What the tool is doing when it is killed, or shall be.</summary>
internal enum KillMoment
{
    /// <summary>Anything: nothing was waited for.</summary>
    Any,

    /// <summary>Before it writes or computes anything, or between two things that it does.</summary>
    Start,
    CacheWrite,
    Step,
    CheckpointWrite,

    /// <summary>The run's description, curve or sessions.</summary>
    SmallWrite,
    ExportWrite,

    /// <summary>After the last checkpoint, before what evens out the embeddings is written.</summary>
    Whitening,
}
