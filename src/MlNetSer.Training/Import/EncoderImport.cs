using System.Security.Cryptography;
using MlNetSer.Onnx;

namespace MlNetSer.Training;

/// <summary>Makes models of encoders that the method's authors, or anyone with their code, trained in PyTorch.</summary>
/// <remarks>Thread safe. Nothing in a checkpoint is executed; see <see cref="TorchCheckpoint"/>.</remarks>
public static class EncoderImport
{
    /// <summary>The architectures that the method's authors have, too: "vgg", "crnn", "resnet18".</summary>
    public static IReadOnlyList<string> Architectures => PublishedNames.Architectures;

    /// <summary>The encoder of a checkpoint, on the CPU in evaluation mode. Its classifier, if there is one, is left out.</summary>
    /// <param name="checkpointPath">A .pth or .pt file; the weights may lie in a dictionary of it, as <c>state_dict</c>.</param>
    /// <param name="architecture">One of <see cref="Architectures"/>.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ArgumentException">No architecture has that name.</exception>
    /// <exception cref="TorchCheckpointException">
    /// The file is no checkpoint or is refused, or a tensor is missing, unexpected, of another shape or not finite.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SoundEncoder Load(string checkpointPath, string architecture, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(checkpointPath);
        var encoder = SoundEncoders.Create(architecture, seed: 0);
        try
        {
            PublishedWeights.CopyTo(encoder, TorchCheckpoint.Read(checkpointPath, cancellation), checkpointPath);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
        encoder.eval();
        return encoder;
    }

    /// <summary>Writes the encoder of a checkpoint as a model: waveform in, embedding out.</summary>
    /// <param name="checkpointPath">A .pth or .pt file.</param>
    /// <param name="architecture">One of <see cref="Architectures"/>.</param>
    /// <param name="path">The ONNX file; replaced as a whole.</param>
    /// <param name="normalisation">
    /// The normalisation under which the encoder was trained. The authors' is not the mean and standard deviation of their data; where it
    /// is unknown, <see cref="RecoverNormalisation"/> finds it from sounds like those of the training.
    /// </param>
    /// <param name="describe">Changes what the file says about itself, such as its name, training data and licence.</param>
    /// <param name="cancellation">Ends the reading of the checkpoint.</param>
    /// <returns>What the file says about itself.</returns>
    /// <exception cref="ArgumentException">No architecture has that name, or the normalisation cannot be applied.</exception>
    /// <exception cref="TorchCheckpointException">See <see cref="Load"/>.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static SoundModelInfo Import(
        string checkpointPath,
        string architecture,
        string path,
        Func<SoundEncoder, InputNormalisation> normalisation,
        Func<SoundModelInfo, SoundModelInfo>? describe = null,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(normalisation);
        using var encoder = Load(checkpointPath, architecture, cancellation);
        var info = Describe(checkpointPath, encoder, normalisation(encoder));
        if (describe is not null) info = describe(info);
        EncoderExport.ToModel(encoder, info, cancellationToken: cancellation).Save(path);
        return info;
    }

    /// <summary>
    /// Finds the normalisation under which an encoder was trained, from what its first batch norm remembers of its training.
    /// </summary>
    /// <remarks>
    /// <para>The first convolution has no bias, so dividing its input by std divides its output's deviation by std: of every channel, the
    /// deviation that the sounds give without that division over the one that batch norm remembers is std. The geometric mean over
    /// the channels is taken. The mean is that of the sounds, as the authors define it: batch norm's own means would lead astray,
    /// since they come from augmented views, which are louder where there is silence.</para>
    /// <para>The nearer the sounds are to those of the training, the nearer the result: clips of another data set give std within some
    /// percent, and embeddings hardly change with it.</para>
    /// </remarks>
    /// <param name="encoder">An encoder, trained elsewhere. It is not changed.</param>
    /// <param name="sounds">The training set, or sounds like it.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">The sounds are all alike, as silence is.</exception>
    public static InputNormalisation RecoverNormalisation(
        SoundEncoder encoder, LogMelCache sounds, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(sounds);
        // Sounds deviate by some 3 (in powers of ten); rounding alone lets silence deviate a little.
        const float least = 0.01f;
        var (mean, deviation) = sounds.Normalisation;
        if (deviation < least)
            throw new ArgumentException("All sounds are silent or alike, so they say nothing of an encoder's normalisation.", nameof(sounds));
        var std = new FirstLayerStatistics(encoder).InputScale(EvenPatches.Of(sounds), mean, cancellation);
        return new InputNormalisation(mean, (float)std);
    }

    internal static SoundModelInfo Describe(string checkpointPath, SoundEncoder encoder, InputNormalisation normalisation) => new()
    {
        Name = Path.GetFileNameWithoutExtension(checkpointPath),
        Encoder = encoder.Architecture,
        EmbeddingSize = encoder.EmbeddingSize,
        Normalisation = normalisation,
        Extra = new Dictionary<string, string>
        {
            ["import.file"] = Path.GetFileName(checkpointPath),
            ["import.sha256"] = Checksum(checkpointPath),
        },
    };

    private static string Checksum(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
