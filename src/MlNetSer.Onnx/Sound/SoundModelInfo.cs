using System.Globalization;
using System.Text.Json;

namespace MlNetSer.Onnx;

/// <summary>
/// What the file of a sound encoder or a sound classifier says about itself, kept in the ONNX model's metadata. Immutable.
/// </summary>
public sealed record SoundModelInfo
{
    /// <summary>The version of this set of entries that the library writes, and the newest that it reads.</summary>
    public const int FormatVersion = 2;

    private const string Prefix = "mlnetser.";
    private const string FormatKey = Prefix + "format";
    private const string NameKey = Prefix + "name";
    private const string EncoderKey = Prefix + "encoder";
    private const string EmbeddingSizeKey = Prefix + "embedding_size";
    private const string LogMelKey = Prefix + "log_mel";
    private const string MeanKey = Prefix + "input_mean";
    private const string StdKey = Prefix + "input_std";
    private const string PoolingKey = Prefix + "clip_pooling";
    private const string TrainingDataKey = Prefix + "training_data";
    private const string LicenceKey = Prefix + "licence";
    private const string VersionKey = Prefix + "version";
    private const string LabelsKey = Prefix + "labels";

    private static readonly string[] Keys =
    [
        FormatKey, NameKey, EncoderKey, EmbeddingSizeKey, LogMelKey, MeanKey, StdKey, PoolingKey, TrainingDataKey, LicenceKey, VersionKey, LabelsKey,
        ModelChecksum.Key,
    ];

    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>The encoder's architecture, such as <c>vgg</c> or <c>resnet18</c>.</summary>
    public required string Encoder { get; init; }

    /// <summary>Values in an embedding.</summary>
    public required int EmbeddingSize { get; init; }

    /// <summary>The front end that is part of the model.</summary>
    public LogMelSettings LogMel { get; init; } = new();

    /// <summary>The input normalisation that is part of the model.</summary>
    public required InputNormalisation Normalisation { get; init; }

    /// <summary>How a clip's embedding comes from those of its patches, which is part of the model.</summary>
    public ClipPooling Pooling { get; init; }

    /// <summary>What the weights were trained on.</summary>
    public string TrainingData { get; init; } = "";

    /// <summary>Under which licence the weights may be used.</summary>
    public string Licence { get; init; } = "";

    /// <summary>The model's own version.</summary>
    public string Version { get; init; } = "";

    /// <summary>
    /// The labels of a classifier, in the order of its probabilities (<see cref="SoundClassifierGraph"/>); none for a model that only embeds.
    /// </summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Further entries of the model's metadata, under keys that do not begin with <c>mlnetser.</c>.</summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Checks that the values can describe a model.</summary>
    /// <exception cref="ArgumentException">They cannot; the message names the value and what was expected.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Name);
        ArgumentException.ThrowIfNullOrEmpty(Encoder);
        if (EmbeddingSize <= 0) throw new ArgumentException($"EmbeddingSize = {EmbeddingSize}: expected 1 or more");
        LogMel.Validate();
        Normalisation.Validate();
        if (!Enum.IsDefined(Pooling)) throw new ArgumentException($"Pooling = {(int)Pooling}: expected one of {string.Join(", ", Enum.GetNames<ClipPooling>())}");
        if (Labels.Count == 1) throw new ArgumentException($"Labels = '{Labels[0]}': expected none, or at least two");
        if (Labels.Any(string.IsNullOrEmpty)) throw new ArgumentException("Labels: one is empty");
        if (Labels.GroupBy(l => l, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Labels: '{twice.Key}' comes twice");
        if (Extra.Keys.FirstOrDefault(k => k.StartsWith(Prefix, StringComparison.Ordinal)) is { } reserved)
            throw new ArgumentException($"extra entry '{reserved}': keys that begin with '{Prefix}' are the library's own");
    }

    /// <summary>Writes everything into a model's metadata, in place of what was there.</summary>
    /// <exception cref="ArgumentException">See <see cref="Validate"/>.</exception>
    public void WriteTo(OnnxModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Validate();
        var metadata = model.Metadata;
        metadata.Clear();
        foreach (var (key, value) in Extra) metadata[key] = value;
        metadata[FormatKey] = FormatVersion.ToString(CultureInfo.InvariantCulture);
        metadata[NameKey] = Name;
        metadata[EncoderKey] = Encoder;
        metadata[EmbeddingSizeKey] = EmbeddingSize.ToString(CultureInfo.InvariantCulture);
        metadata[LogMelKey] = LogMel.ToJson();
        metadata[MeanKey] = Normalisation.Mean.ToString("R", CultureInfo.InvariantCulture);
        metadata[StdKey] = Normalisation.Std.ToString("R", CultureInfo.InvariantCulture);
        metadata[PoolingKey] = Pooling.ToString();
        metadata[TrainingDataKey] = TrainingData;
        metadata[LicenceKey] = Licence;
        metadata[VersionKey] = Version;
        if (Labels.Count > 0) metadata[LabelsKey] = JsonSerializer.Serialize(Labels);
        // Filled in whenever the model is written.
        metadata[ModelChecksum.Key] = "";
    }

    /// <summary>Reads what a file says about itself.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SoundModelException">It is no sound encoder of this library, or of a newer version; the message names the file.</exception>
    /// <exception cref="OnnxModelException">It is no ONNX model at all; the message names the file.</exception>
    public static SoundModelInfo Read(string path) => Read(OnnxModel.Load(path), path);

    /// <summary>Reads what a model says about itself.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file that it came from, for messages.</param>
    /// <exception cref="SoundModelException">It is no sound encoder of this library, or of a newer version.</exception>
    public static SoundModelInfo Read(OnnxModel model, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var source = path is null ? $"model '{model.Name}'" : $"'{path}'";
        if (!model.Metadata.ContainsKey(FormatKey))
            throw new SoundModelException($"{source}: an ONNX model, but not a sound encoder of MlNetSer (it has no '{FormatKey}' in its metadata)");
        var format = Number(FormatKey);
        if (format < 1) throw new SoundModelException($"{source}: its metadata are damaged: '{FormatKey}' is '{format}', expected 1 or more");
        if (format > FormatVersion)
            throw new SoundModelException($"{source}: sound encoder format {format}; this version of MlNetSer reads up to format {FormatVersion}, so it needs a newer version");
        if (model.Metadata.Keys.FirstOrDefault(k => k.StartsWith(Prefix, StringComparison.Ordinal) && !Keys.Contains(k)) is { } unknown)
            throw new SoundModelException($"{source}: its metadata are damaged: there is no entry '{unknown}' in format {format}");
        try
        {
            var info = new SoundModelInfo
            {
                Name = Text(NameKey),
                Encoder = Text(EncoderKey),
                EmbeddingSize = Number(EmbeddingSizeKey),
                LogMel = LogMelSettings.FromJson(Text(LogMelKey)),
                Normalisation = new(Real(MeanKey), Real(StdKey)),
                // Format 1 knew the mean only.
                Pooling = format == 1 ? ClipPooling.Mean : Enum.Parse<ClipPooling>(Text(PoolingKey)),
                TrainingData = Text(TrainingDataKey),
                Licence = Text(LicenceKey),
                Version = Text(VersionKey),
                Labels = model.Metadata.TryGetValue(LabelsKey, out var labels) ? JsonSerializer.Deserialize<string[]>(labels) ?? [] : [],
                Extra = new SortedDictionary<string, string>(
                    model.Metadata.Where(m => !m.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(), StringComparer.Ordinal),
            };
            info.Validate();
            return info;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or JsonException)
        {
            throw new SoundModelException($"{source}: its metadata are damaged: {e.Message}", e);
        }

        string Text(string key) => model.Metadata.TryGetValue(key, out var value)
            ? value
            : throw new SoundModelException($"{source}: its metadata are damaged: '{key}' is missing");

        int Number(string key) => int.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new SoundModelException($"{source}: its metadata are damaged: '{key}' is '{Text(key)}', expected a whole number");

        float Real(string key) => float.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new SoundModelException($"{source}: its metadata are damaged: '{key}' is '{Text(key)}', expected a number");
    }
}
