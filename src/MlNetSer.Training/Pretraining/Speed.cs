using System.Diagnostics;

namespace MlNetSer.Training;

/// <summary>Steps per second over the last steps.</summary>
internal sealed class Speed
{
    private const int Window = 20;

    private readonly Queue<long> _times = new();

    public Speed() => Restart();

    /// <summary>0 until a step has been counted.</summary>
    public double StepsPerSecond { get; private set; }

    /// <summary>Counts a step that has just been finished.</summary>
    public void Count()
    {
        var now = Stopwatch.GetTimestamp();
        _times.Enqueue(now);
        if (_times.Count > Window + 1) _times.Dequeue();
        StepsPerSecond = (_times.Count - 1) / Stopwatch.GetElapsedTime(_times.Peek(), now).TotalSeconds;
    }

    /// <summary>Leaves out what has passed since the last step.</summary>
    public void Restart()
    {
        _times.Clear();
        _times.Enqueue(Stopwatch.GetTimestamp());
    }
}
