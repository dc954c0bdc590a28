using System.Runtime.Intrinsics;

namespace MlNetSer.Training;

/// <summary>Sums of sixteen channels in float64.</summary>
internal static unsafe class Sums
{
    /// <summary>Adds a value to each.</summary>
    public static void Add(double* sums, Vector512<float> values)
    {
        var (lower, upper) = Vector512.Widen(values);
        Add(sums, lower);
        Add(sums + Vector512<double>.Count, upper);
    }

    /// <summary>Adds <paramref name="count"/> values, and their squares, which are known by their distances from <paramref name="origin"/>.</summary>
    public static void Add(double* sums, double* squares, Vector512<float> origin, Vector512<float> sum, Vector512<float> square, int count)
    {
        var (origins, distances, distancesSquared) = (Vector512.Widen(origin), Vector512.Widen(sum), Vector512.Widen(square));
        Add(sums, squares, origins.Lower, distances.Lower, distancesSquared.Lower, count);
        var half = Vector512<double>.Count;
        Add(sums + half, squares + half, origins.Upper, distances.Upper, distancesSquared.Upper, count);
    }

    private static void Add(double* sums, double* squares, Vector512<double> origin, Vector512<double> sum, Vector512<double> square, int count)
    {
        var all = origin * count;
        Add(sums, sum + all);
        Add(squares, square + (origin * (sum + sum + all)));
    }

    private static void Add(double* sums, Vector512<double> values) => (Vector512.Load(sums) + values).Store(sums);
}
