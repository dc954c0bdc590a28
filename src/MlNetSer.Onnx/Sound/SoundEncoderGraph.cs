namespace MlNetSer.Onnx;

/// <summary>Puts front end, patches, encoder and pooling into one model: waveform in, embedding out.</summary>
public static class SoundEncoderGraph
{
    /// <summary>The first output: float32 [1, D], pooled from the patches' embeddings (<see cref="SoundModelInfo.Pooling"/>).</summary>
    public const string Embedding = "embedding";

    /// <summary>The second output: float32 [P, D], the patches' embeddings in order of time.</summary>
    public const string PatchEmbeddings = "patch_embeddings";

    /// <summary>Patches that go through the encoder at a time: memory for a long recording, against work for a processor with many cores.</summary>
    private const int PatchesPerBlock = 32;

    /// <summary>
    /// A model from <see cref="LogMelFrontEnd.Waveform"/> [1, N] to <see cref="Embedding"/> and <see cref="PatchEmbeddings"/>, with
    /// <paramref name="info"/> in its metadata. <see cref="LogMelFrontEnd.Statistics"/> is among its constants.
    /// </summary>
    /// <remarks>
    /// Patches begin every <see cref="LogMelSettings.PatchHop"/> frames, and the last one ends with the clip's last frame, so that no
    /// sound is left out. There are <see cref="LogMelSettings.PatchCount"/> of them. Where the encoder begins with convolutions, each frame goes
    /// through the first of them once, although it is in two patches; every patch gets the embedding that it would get by itself.
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
        CheckEncoder(encoder, info);
        var g = new OnnxGraphBuilder("sound_encoder", (int)encoder.Opset)
        {
            DocString = $"Sound encoder {info.Name}: mono waveform at {info.LogMel.SampleRate} Hz in, embedding of {info.EmbeddingSize} values out.",
        };
        var waveform = g.Input(LogMelFrontEnd.Waveform, OnnxElementType.Float32, 1, "N");
        var embeddings = EmbedPatches(g, LogMelFrontEnd.Add(g, info.LogMel, waveform), encoder, info);
        var clip = info.Pooling is ClipPooling.Maximum ? g.ReduceMax(embeddings, [0]) : g.ReduceMean(embeddings, [0]);
        g.Output(Embedding, clip, OnnxElementType.Float32, 1, info.EmbeddingSize);
        g.Output(PatchEmbeddings, embeddings, OnnxElementType.Float32, "P", info.EmbeddingSize);
        var model = g.Build();
        info.WriteTo(model);
        return model;
    }

    /// <summary>
    /// The model with missing values: where a sample of <see cref="LogMelFrontEnd.Waveform"/> is NaN, all of the embeddings are.
    /// Without this a NaN in the waveform may or may not reach them, since operators such as ReLU can swallow it.
    /// </summary>
    /// <param name="model">A model that <see cref="Compose"/> made. It is not changed.</param>
    public static OnnxModel WithMissing(OnnxModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var g = new OnnxGraphBuilder(model.Name, (int)model.Opset) { DocString = model.DocString };
        var size = SoundModelInfo.Read(model).EmbeddingSize;
        var waveform = g.Input(LogMelFrontEnd.Waveform, OnnxElementType.Float32, 1, "N");
        var outputs = g.Inline(model, waveform).Zip(model.Outputs, (value, info) => (info.Name, value)).ToDictionary();
        OnnxValue isMissing;
        using (g.Scope("missing"))
        {
            // A sum, as a clip without samples has no maximum.
            var count = g.ReduceSum(g.Cast(g.Node("IsNaN", [waveform]), OnnxElementType.Float32), [0, 1], keepDimensions: false);
            isMissing = g.Greater(count, g.Scalar(0f));
        }
        g.Output(Embedding, g.Where(isMissing, g.Scalar(float.NaN), outputs[Embedding]), OnnxElementType.Float32, 1, size);
        g.Output(PatchEmbeddings, g.Where(isMissing, g.Scalar(float.NaN), outputs[PatchEmbeddings]), OnnxElementType.Float32, "P", size);
        var result = g.Build();
        foreach (var (key, value) in model.Metadata) result.Metadata[key] = value;
        return result;
    }

    private static OnnxValue EmbedPatches(OnnxGraphBuilder g, OnnxValue logMel, OnnxModel encoder, SoundModelInfo info)
    {
        var settings = info.LogMel;
        var shared = SharedRows.Find(encoder, settings);
        OnnxValue normalised, lastStart, count;
        using (g.Scope("patch"))
        {
            // Normalised before patches overlap, which halves the work.
            normalised = (logMel - g.Scalar(info.Normalisation.Mean)) / g.Scalar(info.Normalisation.Std);
            lastStart = g.Dimension(logMel, 0) - g.Ints(settings.PatchFrames);
            // Patches begin at 0, hop, 2 hop, ... as long as there is a frame that no earlier patch has; the last is moved back to end with the clip.
            count = (lastStart + g.Ints((2 * settings.PatchHop) - 1)) / g.Ints(settings.PatchHop);
        }
        return Blocks.Run(g, "embed", count, PatchesPerBlock, info.EmbeddingSize, (body, first, patches) =>
        {
            var index = body.Range(body.Squeeze(first), body.Squeeze(first + patches), body.Scalar(1L));
            var starts = body.Min(index * body.Ints(settings.PatchHop), lastStart);
            if (shared is not null) return shared.Embed(body, normalised, starts);
            var offsets = body.Initializer<long>("offsets", [.. Enumerable.Range(0, settings.PatchFrames)], 1, settings.PatchFrames);
            var block = body.Gather(normalised, body.Add(body.Unsqueeze(starts, 1), offsets));
            return body.Inline(encoder, body.Unsqueeze(block, 1))[0];
        });
    }

    private static void CheckEncoder(OnnxModel encoder, SoundModelInfo info)
    {
        if (encoder.Opset is < OnnxGraphBuilder.OldestOpset or > OnnxGraphBuilder.NewestOpset)
        {
            throw new OnnxModelException(
                $"encoder '{encoder.Name}' has opset {encoder.Opset}; expected {OnnxGraphBuilder.OldestOpset} to {OnnxGraphBuilder.NewestOpset}");
        }
        Check("input", encoder.Inputs, [OnnxDimension.Unknown, 1, info.LogMel.PatchFrames, info.LogMel.MelBands]);
        Check("output", encoder.Outputs, [OnnxDimension.Unknown, info.EmbeddingSize]);

        void Check(string kind, IReadOnlyList<OnnxValueInfo> values, OnnxDimension[] expected)
        {
            if (values is [{ ElementType: OnnxElementType.Float32 } value]
                && (value.Dimensions is null
                    || (value.Dimensions.Count == expected.Length
                        && value.Dimensions[0].Size is null
                        && value.Dimensions.Zip(expected).All(d => d.First.Size is null || d.Second.Size is null || d.First.Size == d.Second.Size))))
            {
                return;
            }
            throw new OnnxModelException(
                $"encoder '{encoder.Name}' has the {kind}s {string.Join("; ", values)}; expected one: Float32 [{string.Join(", ", expected)}], where ? is not fixed");
        }
    }
}
