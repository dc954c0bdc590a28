namespace MlNetSer.Training;

/// <summary>The encoder architectures by name.</summary>
public static class SoundEncoders
{
    /// <summary>The names that <see cref="Create"/> accepts: the paper's "vgg", "crnn" and "resnet18", and "frame", which is ours.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [VggEncoder.ArchitectureName, CrnnEncoder.ArchitectureName, ResNet18Encoder.ArchitectureName, FrameEncoder.ArchitectureName];

    /// <summary>An untrained encoder on the CPU in training mode.</summary>
    /// <param name="architecture">One of <see cref="Names"/>.</param>
    /// <param name="seed">The same seed gives the same weights, whatever torch's global generator did before.</param>
    /// <exception cref="ArgumentException">No architecture has that name.</exception>
    public static SoundEncoder Create(string architecture, long seed) => architecture switch
    {
        VggEncoder.ArchitectureName => new VggEncoder(seed),
        CrnnEncoder.ArchitectureName => new CrnnEncoder(seed),
        ResNet18Encoder.ArchitectureName => new ResNet18Encoder(seed),
        FrameEncoder.ArchitectureName => new FrameEncoder(seed),
        _ => throw new ArgumentException(
            $"There is no encoder named \"{architecture}\": expected one of {string.Join(", ", Names)}.", nameof(architecture)),
    };
}
