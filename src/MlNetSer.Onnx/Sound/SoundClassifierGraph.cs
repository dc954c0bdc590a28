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

    /// <summary>
    /// A classifier as ML.NET's ONNX transform takes it: a waveform column in; columns out for the probabilities, with the labels as the names of
    /// their slots, for the text of the most probable label, and for the embedding.
    /// </summary>
    /// <param name="classifier">A model that <see cref="Compose"/> made. It is not changed.</param>
    /// <param name="waveform">Name of the input.</param>
    /// <param name="score">Name of the probabilities: float32 [1, K].</param>
    /// <param name="label">Name of the most probable label: text [1].</param>
    /// <param name="embedding">Name of the embedding: float32 [1, D].</param>
    /// <exception cref="SoundModelException">The model is no sound classifier.</exception>
    public static OnnxModel WithLabels(OnnxModel classifier, string waveform, string score, string label, string embedding)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        var info = SoundModelInfo.Read(classifier);
        if (info.Labels.Count == 0) throw new SoundModelException($"model '{classifier.Name}': a sound encoder, but no classifier: it has no labels");
        string[] labels = [.. info.Labels];
        long[] numbers = [.. Enumerable.Range(0, labels.Length)];
        var g = new OnnxGraphBuilder(classifier.Name, (int)classifier.Opset) { DocString = classifier.DocString };
        var input = g.Input(waveform, OnnxElementType.Float32, 1, "N");
        var outputs = g.Inline(classifier, input).Zip(classifier.Outputs, (value, info) => (info.Name, value)).ToDictionary();
        var probabilities = outputs[Probabilities];
        var best = g.MachineLearningNode(
            "predicted_label", "LabelEncoder", g.ArgMax(probabilities, axis: 1, keepDimension: false), ("keys_int64s", numbers), ("values_strings", labels));
        // Computes nothing that is used: ML.NET finds the names of a column's slots in a node of this name.
        g.MachineLearningNode($"mlnet.{score}.SlotNames", "LabelEncoder", best, ("keys_strings", labels), ("values_int64s", numbers));
        g.Output(score, probabilities, OnnxElementType.Float32, 1, labels.Length);
        g.Output(label, best, OnnxElementType.String, 1);
        g.Output(embedding, outputs[SoundEncoderGraph.Embedding], OnnxElementType.Float32, 1, info.EmbeddingSize);
        return g.Build();
    }
}
