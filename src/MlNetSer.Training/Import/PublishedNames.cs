namespace MlNetSer.Training;

/// <summary>How the method's authors call the tensors of a network, and where those lie in a checkpoint.</summary>
internal sealed class PublishedNames
{
    private readonly (string Ours, string Theirs)[] parts;

    private PublishedNames(string landmark, string classifier, params (string Ours, string Theirs)[] parts) =>
        (Landmark, Classifier, this.parts) = (landmark, classifier, parts);

    /// <summary>The architectures that the authors have, too.</summary>
    public static IReadOnlyList<string> Architectures { get; } =
        [VggEncoder.ArchitectureName, CrnnEncoder.ArchitectureName, ResNet18Encoder.ArchitectureName];

    /// <summary>A tensor that every checkpoint of the network has, with a name that ends like no other.</summary>
    public string Landmark { get; }

    /// <summary>What the names of the last layer begin with. It is not part of the encoder: pretraining leaves it untrained.</summary>
    public string Classifier { get; }

    /// <summary>The names in an architecture's checkpoints.</summary>
    /// <exception cref="ArgumentException">The authors have no such network.</exception>
    public static PublishedNames Of(string architecture) => architecture switch
    {
        VggEncoder.ArchitectureName => new(
            "conv0.conv.weight", "dense_out.",
            [("dense.", "dense1."), .. Enumerable.Range(1, 6).Select(n => ($"block{n}.", $"conv{n - 1}.")), (".norm.", ".bn.")]),
        CrnnEncoder.ArchitectureName => new(
            "rnn1.weight_ih_l0", "dense.", ("block", "conv"), (".norm.", ".bn."), ("gru.", "rnn1.")),
        ResNet18Encoder.ArchitectureName => new(
            "layer1.0.conv1.weight", "fc.",
            ("stem_norm.", "bn1."), ("stem.", "conv1."), ("stage", "layer"), (".block1.", ".0."), (".block2.", ".1."), (".norm", ".bn"),
            (".shortcut_norm.", ".downsample.1."), (".shortcut.", ".downsample.0.")),
        _ => throw new ArgumentException(
            $"There is no published network named \"{architecture}\": expected one of {string.Join(", ", Architectures)}.",
            nameof(architecture)),
    };

    /// <summary>Their name of a tensor that our module calls <paramref name="name"/>.</summary>
    public string Translate(string name) =>
        parts.Aggregate(name, (text, part) => text.Replace(part.Ours, part.Theirs, StringComparison.Ordinal));
}
