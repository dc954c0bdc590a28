using System.Runtime.InteropServices;
using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>What <see cref="WhiteningSettings"/> says, fitted to an encoder: h - m - U g Uᵀ (h - m).</summary>
/// <param name="Mean">m, [D].</param>
/// <param name="Directions">U's columns, the strongest first: [R, D].</param>
/// <param name="Gains">g: the share of each direction that is taken away, [R].</param>
internal sealed record Whitening(float[] Mean, float[] Directions, float[] Gains)
{
    private const string MeanName = "mean", DirectionsName = "directions", GainsName = "gains";

    /// <summary>Fits it to the embeddings of the source's patches as they are, without augmentations.</summary>
    /// <param name="settings">The strength.</param>
    /// <param name="encoder">Set to evaluation mode, and left in it.</param>
    /// <param name="source">Gives the patches.</param>
    /// <param name="run">The normalisation of the encoder's input, and the settings.</param>
    /// <param name="cancellation">Stops it between two batches.</param>
    public static Whitening Fit(WhiteningSettings settings, SoundEncoder encoder, IPatchSource source, RunDescription run, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        encoder.eval();
        var embeddings = Embeddings(settings.Patches, encoder, source, run, cancellation).to(float64);
        using var pause = FinaliserPause.Begin();
        var mean = embeddings.mean([0L]);
        var centred = embeddings - mean;
        var (values, vectors) = linalg.eigh(centred.T.mm(centred) / (centred.shape[0] - 1));
        // Eigenvalues rise, and rounding may put the last ones below 0.
        var strengths = values.flip(0).clamp_min(0) + (settings.Shrinkage * values.mean());
        var gains = 1 - (strengths[settings.Directions] / strengths[TensorIndex.Slice(0, settings.Directions)]).sqrt();
        return new(Floats(mean), Floats(vectors.T.flip(0)[TensorIndex.Slice(0, settings.Directions)]), Floats(gains));
    }

    /// <summary>The encoder with this after it.</summary>
    public OnnxModel Append(OnnxModel encoder)
    {
        var g = new OnnxGraphBuilder(encoder.Name, (int)encoder.Opset) { DocString = encoder.DocString };
        var input = encoder.Inputs[0];
        var patches = g.Input(input.Name, input.ElementType, [.. input.Dimensions!]);
        var embeddings = g.Inline(encoder, patches)[0];
        using (g.Scope("whitening"))
        {
            var centred = embeddings - g.Initializer(MeanName, Mean, Mean.Length);
            var directions = g.Initializer(DirectionsName, Directions, Gains.Length, Mean.Length);
            var taken = g.Gemm(centred, directions, transposeB: true) * g.Initializer(GainsName, Gains, Gains.Length);
            embeddings = centred - g.MatMul(taken, directions);
        }
        g.Output(encoder.Outputs[0].Name, embeddings, OnnxElementType.Float32, [.. encoder.Outputs[0].Dimensions!]);
        return g.Build();
    }

    public void Write(string path)
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(
            path, [], [(MeanName, tensor(Mean)), (DirectionsName, tensor(Directions, [Gains.Length, Mean.Length])), (GainsName, tensor(Gains))]);
    }

    /// <exception cref="RunException">The file is missing or damaged, or of another encoder.</exception>
    public static Whitening Read(string path, int embeddingSize)
    {
        if (!File.Exists(path)) throw new RunException($"{path} does not exist: resume the run, which ended before it was written.");
        using var scope = NewDisposeScope();
        var (_, tensors) = SafetensorsFile.Read(path);
        float[] Values(string name) => tensors.TryGetValue(name, out var value) && value.dtype == float32 ? Floats(value) : [];
        var read = new Whitening(Values(MeanName), Values(DirectionsName), Values(GainsName));
        return read.Mean.Length == embeddingSize && read.Gains.Length > 0 && read.Directions.Length == read.Gains.Length * embeddingSize
            ? read
            : throw new RunException($"{path} is no whitening of embeddings of {embeddingSize}.");
    }

    private static Tensor Embeddings(int patches, SoundEncoder encoder, IPatchSource source, RunDescription run, CancellationToken cancellation)
    {
        var clips = Math.Min(run.Settings.BatchSize, source.Data.Clips);
        var batch = new PatchBatch(clips, run.LogMel.PatchFrames, run.LogMel.MelBands, backgrounds: null);
        var device = encoder.parameters().First().device;
        var embeddings = new List<Tensor>();
        // Epochs after the last one: patches that the encoder has not learnt from, where there is no end of them.
        for (var (epoch, step) = (run.Settings.Epochs, 0); embeddings.Count * 2 * clips < patches; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (step == source.Data.Clips / clips) (epoch, step) = (epoch + 1, 0);
            source.Fill(batch, new TrainingPosition(run.Settings.Seed, epoch, step));
            using var pause = FinaliserPause.Begin();
            using var scope = NewDisposeScope();
            var host = empty([2 * clips, 1, batch.Frames, batch.Bands], float32);
            MemoryMarshal.AsBytes<float>(batch.Patches).CopyTo(host.bytes);
            var input = host.to(device).sub_(run.Normalisation.Mean).div_(run.Normalisation.Std);
            embeddings.Add(encoder.call(input).cpu().MoveToOuterDisposeScope());
        }
        return cat(embeddings, 0);
    }

    private static float[] Floats(Tensor values) => values.to(float32).contiguous().data<float>().ToArray();
}
