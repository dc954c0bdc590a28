using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>A copy of a network's weights and statistics at its best; at first, of those it has.</summary>
internal sealed class KeptWeights(nn.Module network) : IDisposable
{
    private readonly (string Name, Tensor Copy, Tensor Own)[] _slots =
        [.. network.state_dict().Select(e => (e.Key, e.Value.detach().clone().DetachFromDisposeScope(), e.Value))];

    /// <summary>The copies by the names of what they are copies of.</summary>
    public IEnumerable<(string Name, Tensor Copy)> Copies => _slots.Select(s => (s.Name, s.Copy));

    /// <summary>Copies them as they are now.</summary>
    public void Take()
    {
        using var noGradient = no_grad();
        foreach (var (_, copy, own) in _slots) copy.copy_(own);
    }

    /// <summary>Puts the copy back.</summary>
    public void PutBack()
    {
        using var noGradient = no_grad();
        foreach (var (_, copy, own) in _slots) own.copy_(copy);
    }

    public void Dispose()
    {
        foreach (var (_, copy, _) in _slots) copy.Dispose();
    }
}
