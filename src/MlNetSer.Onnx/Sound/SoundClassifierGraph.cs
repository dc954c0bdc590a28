namespace MlNetSer.Onnx;

/// <summary>
/// Puts a linear classifier behind a sound encoder: waveform in, class probabilities out, embeddings beside them. What comes out is a sound
/// encoder still, for everything that asks for embeddings.
/// </summary>
public static class SoundClassifierGraph
{
    /// <summary>The first output: float32 [1, K], the mean over the patches of the softmax over the K labels.</summary>
    public const string Probabilities = "probabilities";

    /// <summary>The second output: float32 [P, K], the softmax of each patch, in order of time.</summary>
    public const string PatchProbabilities = "patch_probabilities";

    /// <summary>
    /// A model from <see cref="LogMelFrontEnd.Waveform"/> [1, N] to <see cref="Probabilities"/>, <see cref="PatchProbabilities"/>,
    /// <see cref="SoundEncoderGraph.Embedding"/> and <see cref="SoundEncoderGraph.PatchEmbeddings"/>, with <paramref name="info"/> in its metadata.
    /// </summary>
    /// <param name="encoder">A sound model, as <see cref="SoundEncoderGraph.Compose"/> makes it. It is not changed.</param>
    /// <param name="info">What the classifier's file says about itself: the encoder's front end and normalisation, and K labels.</param>
    /// <param name="weights">[K, D] in C order: a row of weights on an embedding for each label.</param>
    /// <param name="biases">[K].</param>
    /// <exception cref="ArgumentException"><paramref name="info"/> contradicts itself, has no labels, or does not fit the weights.</exception>
    /// <exception cref="OnnxModelException">The model is no sound encoder, or of another size.</exception>
    public static OnnxModel Compose(OnnxModel encoder, SoundModelInfo info, ReadOnlySpan<float> weights, ReadOnlySpan<float> biases)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(info);
        info.Validate();
        var (labels, size) = (info.Labels.Count, info.EmbeddingSize);
        if (labels == 0) throw new ArgumentException("A classifier needs labels, and there are none.", nameof(info));
        if (weights.Length != labels * size || biases.Length != labels)
        {
            throw new ArgumentException(
                $"{weights.Length} weights and {biases.Length} biases for {labels} labels and embeddings of {size}: expected {labels * size} and {labels}.",
                nameof(weights));
        }
        var own = SoundModelInfo.Read(encoder).EmbeddingSize;
        if (own != size) throw new OnnxModelException($"encoder '{encoder.Name}' gives embeddings of {own} values; expected {size}");
        var g = new OnnxGraphBuilder("sound_classifier", (int)encoder.Opset)
        {
            DocString = $"Sound classifier {info.Name}: mono waveform at {info.LogMel.SampleRate} Hz in, probabilities of {labels} labels out.",
        };
        var waveform = g.Input(LogMelFrontEnd.Waveform, OnnxElementType.Float32, 1, "N");
        var outputs = g.Inline(encoder, waveform).Zip(encoder.Outputs, (value, info) => (info.Name, value)).ToDictionary();
        var embeddings = outputs[SoundEncoderGraph.PatchEmbeddings];
        OnnxValue probabilities;
        using (g.Scope("classifier"))
        {
            var logits = g.Gemm(
                embeddings, g.Initializer("weights", weights, labels, size), g.Initializer("biases", biases, labels), transposeB: true);
            probabilities = g.Softmax(logits);
        }
        g.Output(Probabilities, g.ReduceMean(probabilities, [0]), OnnxElementType.Float32, 1, labels);
        g.Output(PatchProbabilities, probabilities, OnnxElementType.Float32, "P", labels);
        g.Output(SoundEncoderGraph.Embedding, outputs[SoundEncoderGraph.Embedding], OnnxElementType.Float32, 1, size);
        g.Output(SoundEncoderGraph.PatchEmbeddings, embeddings, OnnxElementType.Float32, "P", size);
        var model = g.Build();
        info.WriteTo(model);
        return model;
    }
}
