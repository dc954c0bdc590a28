using MlNetSer.Onnx;

namespace MlNetSer.Training;

/// <summary>Where the encoder of a classifier comes from: pretraining, a checkpoint of PyTorch, a sound model, or nowhere. Thread-safe.</summary>
public sealed class EncoderStart
{
    private readonly Func<long, Func<InputNormalisation>, StartedEncoder> _load;

    private EncoderStart(string description, LogMelSettings logMel, Func<long, Func<InputNormalisation>, StartedEncoder> load)
    {
        Description = description;
        LogMel = logMel;
        _load = load;
    }

    /// <summary>What it is, for reports.</summary>
    public string Description { get; }

    /// <summary>The front end that the encoder takes its input from.</summary>
    public LogMelSettings LogMel { get; }

    /// <summary>Whether the encoder's weights do not depend on the seed and the training clips.</summary>
    internal bool IsFixed { get; private init; } = true;

    /// <summary>The encoder of a pretraining run as it is at its last checkpoint.</summary>
    /// <param name="runFolder">The folder of a <see cref="Pretrainer"/>'s run.</param>
    /// <exception cref="RunException">The folder holds no run, or a damaged one.</exception>
    public static EncoderStart FromRun(string runFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(runFolder);
        var run = RunDescription.Read(runFolder);
        return new(runFolder, run.LogMel, (_, _) =>
        {
            var encoder = SoundEncoders.Create(run.Settings.Encoder, run.Settings.Seed);
            var state = Checkpoint.Read(RunFolder.CheckpointPath(runFolder), encoder);
            return new(encoder, EncoderExport.Describe(run, encoder, state.Epoch));
        });
    }

    /// <summary>The encoder of a PyTorch checkpoint, as <see cref="EncoderImport"/> reads it.</summary>
    /// <param name="checkpointPath">A .pth or .pt file.</param>
    /// <param name="architecture">One of <see cref="SoundEncoders.Names"/>.</param>
    /// <param name="normalisation">The normalisation under which it was trained.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static EncoderStart FromCheckpoint(string checkpointPath, string architecture, InputNormalisation normalisation)
    {
        ArgumentException.ThrowIfNullOrEmpty(checkpointPath);
        if (!File.Exists(checkpointPath)) throw new FileNotFoundException($"{checkpointPath} does not exist.", checkpointPath);
        normalisation.Validate();
        return new(Path.GetFileName(checkpointPath), new(), (_, _) =>
        {
            var encoder = EncoderImport.Load(checkpointPath, architecture);
            return new(encoder, EncoderImport.Describe(checkpointPath, encoder, normalisation));
        });
    }

    /// <summary>
    /// A sound model's encoder, for linear evaluation only: in an exported encoder batch norm is part of the convolutions, and cannot be
    /// trained any more.
    /// </summary>
    /// <param name="modelPath">Its ONNX file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SoundModelException">The file is no sound model.</exception>
    public static EncoderStart FromModel(string modelPath)
    {
        var model = OnnxModel.Load(modelPath);
        var info = SoundModelInfo.Read(model, modelPath);
        return new(modelPath, info.LogMel, (_, _) => new(null, info, model));
    }

    /// <summary>An untrained encoder, its weights drawn from the settings' seed; its input is normalised by the training clips' mean and deviation.</summary>
    /// <param name="architecture">One of <see cref="SoundEncoders.Names"/>.</param>
    /// <exception cref="ArgumentException">No architecture has that name.</exception>
    public static EncoderStart Scratch(string architecture)
    {
        if (!SoundEncoders.Names.Contains(architecture))
        {
            throw new ArgumentException(
                $"There is no encoder named \"{architecture}\": expected one of {string.Join(", ", SoundEncoders.Names)}.", nameof(architecture));
        }
        return new($"{architecture} from scratch", new(), (seed, normalisation) =>
        {
            var encoder = SoundEncoders.Create(architecture, seed);
            var info = new SoundModelInfo
            {
                Name = architecture,
                Encoder = architecture,
                EmbeddingSize = encoder.EmbeddingSize,
                Normalisation = normalisation(),
            };
            return new(encoder, info);
        })
        { IsFixed = false };
    }

    /// <summary>The encoder, for the caller to dispose of.</summary>
    /// <param name="seed">For weights that are drawn.</param>
    /// <param name="ofTraining">Gives the normalisation by the training clips, where the encoder has none of its own.</param>
    internal StartedEncoder Load(long seed, Func<InputNormalisation> ofTraining) => _load(seed, ofTraining);
}

/// <summary>An encoder as training finds it: modules that can be trained, or else a model that cannot.</summary>
internal sealed record StartedEncoder(SoundEncoder? Encoder, SoundModelInfo Info, OnnxModel? Model = null) : IDisposable
{
    /// <summary>The encoder as a sound model.</summary>
    public OnnxModel ToModel() => Model ?? EncoderExport.ToModel(Encoder!, Info);

    public void Dispose() => Encoder?.Dispose();
}
