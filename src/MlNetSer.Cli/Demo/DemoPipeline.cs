using Microsoft.ML;

namespace MlNetSer.Cli;

/// <summary>The demo's ML.NET pipeline, as the README has it: trained, saved, loaded again and asked.</summary>
internal static class DemoPipeline
{
    /// <summary>One clip in four is held back.</summary>
    private const int TestEvery = 4;

    public static (int Correct, int Total) Run(
        IReadOnlyList<LabelledSound> clips, string encoder, string path, CancellationToken cancellation)
    {
        var test = clips.Where((_, i) => i % TestEvery == 0).ToArray();
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromSounds(clips.Except(test));
        var pipeline = ml.Transforms.ApplySoundEmbedding("Features", "SoundPath", encoder)
            .Append(ml.Transforms.Conversion.MapValueToKey("Label"))
            .AppendCacheCheckpoint(ml)
            .Append(ml.Transforms.NormalizeMeanVariance("Features"))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var model = pipeline.Fit(data);
        AtomicFile.Write(path, stream => ml.Model.Save(model, data.Schema, stream));

        ml = new MLContext();
        var loaded = ml.Model.Load(path, out _);
        using var engine = ml.Model.CreatePredictionEngine<Sound, Prediction>(loaded);
        var correct = test.Count(clip =>
        {
            cancellation.ThrowIfCancellationRequested();
            return engine.Predict(new Sound { SoundPath = clip.Path }).PredictedLabel == clip.Label;
        });
        return (correct, test.Length);
    }

    private sealed class Sound
    {
        public string SoundPath { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class Prediction
    {
        public string PredictedLabel { get; set; } = "";
    }
}
