using System.Diagnostics;
using MlNetSer.Training;

namespace MlNetSer.Benchmarks;

/// <summary>A bare step of pretraining (forward, backward, SGD, 128 pairs of views) against PyTorch for Python, on all processors.</summary>
internal static class TrainPair
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    internal static IReadOnlyList<TrainingPrecision> Precisions => [TrainingPrecision.Full, TrainingPrecision.BFloat16];

    internal static string Name(string architecture, TrainingPrecision precision) => $"train-{architecture}-{TypeName(precision)}";

    internal static Pair Of(string architecture, TrainingPrecision precision)
    {
        var step = new BareStep(new PretrainSettings { Encoder = architecture, Precision = precision });
        return new(
            Name(architecture, precision), "patches/s", new("bare step", () => Rate(step)),
            new("PyTorch", () => Peer.Training(architecture, TypeName(precision))), step);
    }

    internal static string TypeName(TrainingPrecision precision) => precision is TrainingPrecision.BFloat16 ? "bfloat16" : "float32";

    private static double Rate(BareStep step)
    {
        step.Run();
        var times = new List<double>();
        for (var all = Stopwatch.StartNew(); all.Elapsed < Long || times.Count < 5;)
        {
            var watch = Stopwatch.StartNew();
            step.Run();
            times.Add(watch.Elapsed.TotalSeconds);
        }
        // As the peer does it.
        return 2 * new PretrainSettings().BatchSize / times.Order().ElementAt(times.Count / 2);
    }
}
