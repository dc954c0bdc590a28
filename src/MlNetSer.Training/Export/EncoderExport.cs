using System.Globalization;
using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;

namespace MlNetSer.Training;

/// <summary>Makes ONNX models from trained encoders: waveform in, embedding out, with front end and normalisation inside.</summary>
public static class EncoderExport
{
    /// <summary>Writes the encoder of a run as it is at its last checkpoint, whether the run is finished or not.</summary>
    /// <param name="runFolder">The folder of a <see cref="Pretrainer"/>'s run.</param>
    /// <param name="path">The ONNX file; replaced as a whole.</param>
    /// <param name="describe">Changes what the file says about itself, such as its name, version and licence.</param>
    /// <param name="weights">How the weights are stored: half or a quarter of their space, at some loss. The front end stays as it is.</param>
    /// <param name="arithmetic">What the encoder computes in. In 8-bit integers its convolutions' weights are stored as such, whatever <paramref name="weights"/> says.</param>
    /// <param name="cancellationToken">Stops the measuring of activations that 8-bit integers take, some seconds of synthesised sound.</param>
    /// <returns>What the file says about itself.</returns>
    /// <remarks>What <see cref="PretrainSettings.Whitening"/> asks for is part of the model of a finished run.</remarks>
    /// <exception cref="RunException">The folder holds no run, or a damaged one, or one without a checkpoint.</exception>
    /// <exception cref="OnnxExportException">The ONNX model computes something else than the encoder.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static SoundModelInfo Export(
        string runFolder,
        string path,
        Func<SoundModelInfo, SoundModelInfo>? describe = null,
        WeightFormat weights = WeightFormat.Float32,
        EncoderArithmetic arithmetic = EncoderArithmetic.Float32,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var run = RunDescription.Read(runFolder);
        using var encoder = SoundEncoders.Create(run.Settings.Encoder, run.Settings.Seed);
        var state = Checkpoint.Read(RunFolder.CheckpointPath(runFolder), encoder);
        var info = Describe(run, encoder, state.Epoch);
        if (arithmetic is EncoderArithmetic.Int8) info = info with { Extra = new Dictionary<string, string>(info.Extra) { ["export.arithmetic"] = "int8" } };
        if (describe is not null) info = describe(info);
        var whitening = run.Settings.Whitening is not null && state.Epoch == run.Settings.Epochs
            ? Whitening.Read(RunFolder.WhiteningPath(runFolder), encoder.EmbeddingSize)
            : null;
        ToModel(encoder, info, weights, arithmetic, whitening, cancellationToken).Save(path);
        return info;
    }

    /// <summary>The model of an encoder, in evaluation mode whatever mode it is in.</summary>
    /// <param name="encoder">Any encoder, trained or not.</param>
    /// <param name="info">Its front end, its normalisation and what else the model says about itself.</param>
    /// <param name="weights">How the weights are stored.</param>
    /// <param name="arithmetic">What the encoder computes in.</param>
    /// <param name="cancellationToken">Stops the measuring of activations that 8-bit integers take.</param>
    /// <exception cref="OnnxExportException">The ONNX model computes something else than the encoder.</exception>
    public static OnnxModel ToModel(
        SoundEncoder encoder,
        SoundModelInfo info,
        WeightFormat weights = WeightFormat.Float32,
        EncoderArithmetic arithmetic = EncoderArithmetic.Float32,
        CancellationToken cancellationToken = default) =>
        ToModel(encoder, info, weights, arithmetic, whitening: null, cancellationToken);

    private static OnnxModel ToModel(
        SoundEncoder encoder, SoundModelInfo info, WeightFormat weights, EncoderArithmetic arithmetic, Whitening? whitening, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(info);
        var isInteger = arithmetic is EncoderArithmetic.Int8;
        var options = new OnnxExportOptions { Name = encoder.Architecture, Weights = isInteger ? WeightFormat.Float32 : weights };
        var graph = encoder.ToOnnxModel(["P", 1, info.LogMel.PatchFrames, info.LogMel.MelBands], options);
        if (isInteger) graph = ActivationRanges.Quantise(graph, info, cancellation);
        return SoundEncoderGraph.Compose(whitening?.Append(graph) ?? graph, info);
    }

    internal static SoundModelInfo Describe(RunDescription run, SoundEncoder encoder, int epochsTrained) => new()
    {
        Name = encoder.Architecture,
        Encoder = encoder.Architecture,
        EmbeddingSize = encoder.EmbeddingSize,
        LogMel = run.LogMel,
        Normalisation = run.Normalisation,
        Pooling = run.Settings.Pooling,
        TrainingData = run.Data.Description,
        Licence = run.Data.Licence ?? "",
        Extra = new Dictionary<string, string>
        {
            ["pretraining.epochs"] = epochsTrained.ToString(CultureInfo.InvariantCulture),
            ["pretraining.seed"] = run.Settings.Seed.ToString(CultureInfo.InvariantCulture),
            ["pretraining.settings"] = run.Settings.ToJson(),
            ["pretraining.clips"] = run.Data.Clips.ToString(CultureInfo.InvariantCulture),
        },
    };
}
