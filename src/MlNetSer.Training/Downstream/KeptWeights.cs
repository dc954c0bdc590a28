using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>A copy of a network's weights and statistics at its best.</summary>
internal sealed class KeptWeights(nn.Module network) : IDisposable
{
    private readonly List<(Tensor Copy, Tensor Own)> _slots = [];

    /// <summary>Copies them as they are now.</summary>
    public void Take()
    {
        using var noGradient = no_grad();
        if (_slots.Count == 0)
        {
            _slots.AddRange(network.state_dict().Values.Select(own => (own.detach().clone().DetachFromDisposeScope(), own)));
            return;
        }
        foreach (var (copy, own) in _slots) copy.copy_(own);
    }

    /// <summary>Puts the copy back.</summary>
    public void PutBack()
    {
        using var noGradient = no_grad();
        foreach (var (copy, own) in _slots) own.copy_(copy);
    }

    public void Dispose()
    {
        foreach (var (copy, _) in _slots) copy.Dispose();
    }
}
