namespace MlNetSer.Onnx;

/// <summary>Puts front end, patches, encoder and pooling into one model: waveform in, embedding out.</summary>
public static class SoundEncoderGraph
{
    /// <summary>The first output: float32 [1, D], the mean of the patches' embeddings.</summary>
    public const string Embedding = "embedding";

    /// <summary>The second output: float32 [P, D], the patches' embeddings in order of time.</summary>
    public const string PatchEmbeddings = "patch_embeddings";

    private const string Patches = "patches";

    /// <summary>
    /// A model from <see cref="LogMelFrontEnd.Waveform"/> [1, N] to <see cref="Embedding"/> and <see cref="PatchEmbeddings"/>, with
    /// <paramref name="info"/> in its metadata. <see cref="LogMelFrontEnd.Statistics"/> is among its constants.
    /// </summary>
    /// <remarks>
    /// Patches begin every <see cref="LogMelSettings.PatchHop"/> frames, and the last one ends with the clip's last frame, so that no
    /// sound is left out. There are <see cref="LogMelSettings.PatchCount"/> of them.
    /// </remarks>
    /// <param name="encoder">One input [P, 1, patch frames, mel bands], already normalised, and one output [P, D], both float32. It is not changed.</param>
    /// <param name="info">Settings of the front end, input normalisation and description.</param>
    /// <exception cref="ArgumentException"><paramref name="info"/> contradicts itself.</exception>
    /// <exception cref="OnnxModelException">The encoder's input or output does not fit; the message says how.</exception>
    public static OnnxModel Compose(OnnxModel encoder, SoundModelInfo info)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(info);
        info.Validate();
        var opset = (int)encoder.Opset;
        if (opset is < OnnxGraphBuilder.OldestOpset or > OnnxGraphBuilder.NewestOpset)
        {
            throw new OnnxModelException(
                $"encoder '{encoder.Name}' has opset {opset}; expected {OnnxGraphBuilder.OldestOpset} to {OnnxGraphBuilder.NewestOpset}");
        }
        var model = LogMelFrontEnd.Build(info.LogMel, opset)
            .Then(PatchGraph(info.LogMel, info.Normalisation, opset))
            .Then(encoder)
            .Then(PoolGraph(info.EmbeddingSize, opset));
        model.Name = "sound_encoder";
        model.DocString = $"Sound encoder {info.Name}: mono waveform at {info.LogMel.SampleRate} Hz in, embedding of {info.EmbeddingSize} values out.";
        info.WriteTo(model);
        return model;
    }

    /// <summary>Log-mel spectrogram [T, bands] to normalised patches [P, 1, frames, bands].</summary>
    private static OnnxModel PatchGraph(LogMelSettings settings, InputNormalisation normalisation, int opset)
    {
        var g = new OnnxGraphBuilder(Patches, opset);
        var logMel = g.Input(LogMelFrontEnd.LogMel, OnnxElementType.Float32, "T", settings.MelBands);
        OnnxValue patches;
        using (g.Scope("patch"))
        {
            var lastStart = g.Dimension(logMel, 0) - g.Ints(settings.PatchFrames);
            // Starts 0, hop, 2 hop, ... as long as there is a frame that no earlier patch has; the last is moved back to end with the clip.
            var count = (lastStart + g.Ints((2 * settings.PatchHop) - 1)) / g.Ints(settings.PatchHop);
            var starts = g.Range(g.Scalar(0L), g.Squeeze(count), g.Scalar(1L)) * g.Ints(settings.PatchHop);
            starts = g.Unsqueeze(g.Min(starts, lastStart), 1);
            var offsets = g.Initializer<long>("offsets", [.. Enumerable.Range(0, settings.PatchFrames)], 1, settings.PatchFrames);
            // Normalised before patches overlap, which halves the work.
            var normalised = (logMel - g.Scalar(normalisation.Mean)) / g.Scalar(normalisation.Std);
            patches = g.Unsqueeze(g.Gather(normalised, starts + offsets), 1);
        }
        g.Output(Patches, patches, OnnxElementType.Float32, "P", 1, settings.PatchFrames, settings.MelBands);
        return g.Build();
    }

    /// <summary>Embeddings of the patches to themselves and their mean.</summary>
    private static OnnxModel PoolGraph(int embeddingSize, int opset)
    {
        var g = new OnnxGraphBuilder("pool", opset);
        var embeddings = g.Input("embeddings", OnnxElementType.Float32, "P", embeddingSize);
        using (g.Scope("pool"))
        {
            g.Output(Embedding, g.ReduceMean(embeddings, [0]), OnnxElementType.Float32, 1, embeddingSize);
            g.Output(PatchEmbeddings, embeddings, OnnxElementType.Float32, "P", embeddingSize);
        }
        return g.Build();
    }
}
