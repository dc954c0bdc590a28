using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;
using MlNetSer.Training.Synthesis;

namespace MlNetSer.Training;

/// <summary>Measures the ranges of an encoder's activations on patches of synthesised sound, the same ones each time.</summary>
internal static class ActivationRanges
{
    private const int Clips = 80;

    /// <summary>The clips that are run at a time: the largest activations of the largest encoder need memory.</summary>
    private const int ClipsAtATime = 8;

    /// <summary>What is left of the range at each end, so that a single outlier does not make all steps coarser.</summary>
    private const double Outliers = 1e-4;

    /// <summary>Quantises an encoder.</summary>
    /// <param name="encoder">From normalised patches [P, 1, frames, bands] to embeddings.</param>
    /// <param name="info">Its front end and normalisation.</param>
    /// <param name="cancellation">Stops it between two batches.</param>
    /// <exception cref="ArgumentException">The encoder has no convolution that can be quantised.</exception>
    public static OnnxModel Quantise(OnnxModel encoder, SoundModelInfo info, CancellationToken cancellation)
    {
        var names = StaticQuantisation.Activations(encoder);
        var ends = names.Select(_ => (Low: new List<double>(), High: new List<double>())).ToArray();
        using var session = new InferenceSession(StaticQuantisation.Observed(encoder).ToBytes());
        using var options = new RunOptions();
        using var source = new SynthesisedPatchSource(new SynthesisSettings(), seed: 0, Clips, info.LogMel, cancellation);
        var batch = new PatchBatch(ClipsAtATime, info.LogMel.PatchFrames, info.LogMel.MelBands, backgrounds: null);
        for (var step = 0; step < Clips / ClipsAtATime; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            source.Fill(batch, new TrainingPosition(Seed: 0, Epoch: 0, step));
            TensorPrimitives.Subtract(batch.Patches, info.Normalisation.Mean, batch.Patches);
            TensorPrimitives.Divide(batch.Patches, info.Normalisation.Std, batch.Patches);
            using var input = OrtValue.CreateTensorValueFromMemory(batch.Patches, [2 * batch.Clips, 1, batch.Frames, batch.Bands]);
            using var activations = session.Run(options, [encoder.Inputs[0].Name], [input], names);
            for (var i = 0; i < ends.Length; i++)
            {
                var range = Of(activations[i].GetTensorDataAsSpan<float>());
                ends[i].Low.Add(range.Low);
                ends[i].High.Add(range.High);
            }
        }
        return StaticQuantisation.Apply(
            encoder, names.Zip(ends, (name, end) => (name, new ActivationRange((float)end.Low.Average(), (float)end.High.Average()))).ToDictionary());
    }

    /// <summary>The values between which all but the outliers are, to a thousandth.</summary>
    internal static ActivationRange Of(ReadOnlySpan<float> values)
    {
        const int Bins = 4_096;
        var (low, high) = (TensorPrimitives.Min(values), TensorPrimitives.Max(values));
        if (low == high) return new(low, high);
        var (counts, perBin) = (new int[Bins], (high - low) / Bins);
        foreach (var value in values) counts[Math.Min(Bins - 1, (int)((value - low) / perBin))]++;
        var most = values.Length * Outliers;
        var (first, last) = (0, Bins - 1);
        for (var passed = counts[first]; passed < most; passed += counts[first]) first++;
        for (var passed = counts[last]; passed < most; passed += counts[last]) last--;
        return new(low + (first * perBin), low + ((last + 1) * perBin));
    }
}
