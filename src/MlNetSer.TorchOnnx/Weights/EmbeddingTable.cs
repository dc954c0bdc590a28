using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>
/// What an embedding gives for each of its entries: its weights, unless it was made with a largest norm, which it does not show. Such a module
/// shrinks the entries that it is asked for, in place, so the table is asked for piece by piece and put back.
/// </summary>
internal static class EmbeddingTable
{
    private const long RowsAtOnce = 4096;

    /// <summary>The weight itself where the module gives it unchanged, else a new tensor.</summary>
    internal static Tensor Of(Embedding embedding)
    {
        using var quiet = no_grad();
        var weight = embedding.weight!;
        Tensor? table = null;
        for (var first = 0L; first < weight.shape[0]; first += RowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(RowsAtOnce, weight.shape[0] - first);
            var rows = weight.narrow(0, first, count);
            var before = rows.clone();
            var given = embedding.call(arange(first, first + count, ScalarType.Int64, weight.device)).clone();
            if (given.eq(before).all().ToBoolean()) continue;
            rows.copy_(before);
            table ??= weight.detach().clone().MoveToOuterDisposeScope();
            table.narrow(0, first, count).copy_(given);
        }
        return table ?? weight;
    }
}
