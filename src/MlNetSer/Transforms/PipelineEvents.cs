using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;

namespace MlNetSer;

/// <summary>
/// What a pipeline says while it reads rows. ML.NET gives custom mappings no channel to write to, and a loaded pipeline has none of the caller's objects,
/// so it says it where every .NET process can listen.
/// </summary>
[EventSource(Name = "MlNetSer")]
internal sealed class PipelineEvents : EventSource
{
    public static readonly PipelineEvents Log = new();

    private static readonly Meter s_meter = new("MlNetSer");
    private static readonly Counter<long> s_unreadable =
        s_meter.CreateCounter<long>("mlnetser.unreadable_sounds", description: "Sounds that could not be read and have missing embeddings.");

    private PipelineEvents()
    {
    }

    /// <summary>A row's embedding is missing.</summary>
    [Event(1, Level = EventLevel.Warning, Message = "{1}")]
    public void UnreadableSound(string path, string reason)
    {
        s_unreadable.Add(1);
        WriteEvent(1, path, reason);
    }
}
