using System.Numerics.Tensors;

namespace MlNetSer.Cli;

/// <summary>Points in few dimensions by principal component analysis.</summary>
internal static class PrincipalComponents
{
    private const int Iterations = 300;

    /// <summary>The coordinates of each vector along the first components, most variance first. Signs are arbitrary but always the same.</summary>
    public static double[][] Project(IReadOnlyList<float[]> vectors, int dimensions)
    {
        var centred = Centred(vectors);
        var projected = centred.Select(_ => new double[dimensions]).ToArray();
        for (var d = 0; d < dimensions; d++)
        {
            var direction = Direction(centred, d);
            for (var i = 0; i < centred.Length; i++)
            {
                projected[i][d] = TensorPrimitives.Dot<double>(centred[i], direction);
                for (var j = 0; j < direction.Length; j++) centred[i][j] -= projected[i][d] * direction[j];
            }
        }
        return projected;
    }

    private static double[][] Centred(IReadOnlyList<float[]> vectors)
    {
        var mean = new double[vectors[0].Length];
        foreach (var vector in vectors)
        {
            for (var j = 0; j < mean.Length; j++) mean[j] += vector[j] / (double)vectors.Count;
        }
        return [.. vectors.Select(v => v.Select((value, j) => value - mean[j]).ToArray())];
    }

    /// <summary>The direction of the most variance, by power iteration; of no variance any direction will do.</summary>
    private static double[] Direction(double[][] points, int seed)
    {
        var random = new Random(seed);
        double[] direction = [.. points[0].Select(_ => random.NextDouble() - 0.5)];
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var next = new double[direction.Length];
            foreach (var point in points) TensorPrimitives.MultiplyAdd(point, TensorPrimitives.Dot<double>(point, direction), next, next);
            var norm = TensorPrimitives.Norm<double>(next);
            if (norm < 1e-12) break;
            TensorPrimitives.Divide(next, norm, direction);
        }
        return direction;
    }
}
