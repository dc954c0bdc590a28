using MlNetSer.TorchOnnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// The projection head g: [P, embedding] to [P, 512], linear, batch norm, ReLU, linear, L2-normalised. It is trained with the encoder and
/// thrown away after it.
/// </summary>
public sealed class ProjectionHead : nn.Module<Tensor, Tensor>
{
    private const int Size = 512;

    private readonly Linear linear1, linear2;
    private readonly BatchNorm1d norm;

    static ProjectionHead() => TorchRuntime.EnsureLoaded();

    /// <summary>An untrained head, its weights drawn from <paramref name="seed"/>.</summary>
    /// <param name="embeddingSize">Length of the encoder's embedding.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    public ProjectionHead(int embeddingSize, long seed)
        : base(nameof(ProjectionHead))
    {
        linear1 = nn.Linear(embeddingSize, Size);
        norm = nn.BatchNorm1d(Size);
        linear2 = nn.Linear(Size, Size);
        RegisterComponents();
        using var generator = new Generator((ulong)seed);
        WeightInit.UniformFanIn(this, generator);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) =>
        nn.functional.normalize(linear2.call(norm.call(linear1.call(input)).relu_()), p: 2, dim: 1);
}
