using MlNetSer.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

/// <summary>Reference arrays to tensors, and distances between tensors.</summary>
internal static class Reference
{
    public static Tensor Tensor(Npy array) => array.Shape.Length == 0
        ? tensor((long)array.Values[0])
        : tensor(array.Floats, array.Shape);

    public static Tensor Tensor(string file) => Tensor(Npy.Read(SharedData.Require("golden", file)));

    /// <summary>Norm of the difference over the norm of the expected tensor, in double precision.</summary>
    public static double RelativeError(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        var truth = expected.to(float64);
        return ((actual.to(float64) - truth).norm() / truth.norm()).ToDouble();
    }
}
