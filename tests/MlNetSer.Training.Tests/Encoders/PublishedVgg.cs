using MlNetSer.Testing;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

/// <summary>The authors' names of weights, translated to those of our modules.</summary>
internal static class PublishedVgg
{
    public static string EncoderName(string published)
    {
        var parts = published.Split('.');
        if (parts[0] == "dense1") return $"dense.{parts[1]}";
        var block = $"block{parts[0][^1] - '0' + 1}";
        return parts[1] == "bn" ? $"{block}.norm.{parts[2]}" : $"{block}.conv.{parts[2]}";
    }

    public static string HeadName(string published)
    {
        var parts = published.Split('.');
        return (parts[1] switch { "0" => "linear1", "1" => "norm", _ => "linear2" }) + "." + parts[2];
    }

    /// <summary>The weights of an archive by our names; the authors' classifier layer is left out.</summary>
    public static Dictionary<string, Npy> Read(string file, Func<string, string> name) =>
        Npy.ReadArchive(SharedData.Require("golden", file))
            .Where(e => !e.Key.StartsWith("dense_out", StringComparison.Ordinal))
            .ToDictionary(e => name(e.Key), e => e.Value);

    /// <summary>Copies the weights into a module, which must have exactly these.</summary>
    public static void Load(nn.Module module, Dictionary<string, Npy> weights)
    {
        var state = module.state_dict();
        Assert.Equal(weights.Keys.Order(StringComparer.Ordinal), state.Keys.Order(StringComparer.Ordinal));
        using var noGradient = no_grad();
        foreach (var (name, value) in weights) state[name].copy_(Reference.Tensor(value));
    }
}
