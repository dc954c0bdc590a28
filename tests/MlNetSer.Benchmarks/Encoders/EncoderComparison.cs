using System.Diagnostics;
using System.Globalization;
using MlNetSer.Audio;
using MlNetSer.Cli;
using MlNetSer.Onnx;
using MlNetSer.Training;

namespace MlNetSer.Benchmarks;

/// <summary>Encoders by size, speed and accuracy, in one table and one picture.</summary>
internal static class EncoderComparison
{
    private const int Clips = 40;
    private const int Rounds = 5;

    /// <summary>
    /// Compares model files, and with them the first one's architecture and the VGG-like encoder before any training. Accuracy is that of linear evaluation
    /// and nearest neighbours on labelled sounds, speed that of one thread on waveforms in memory, all encoders in turn.
    /// </summary>
    internal static int Compare(string labelled, string picture, IReadOnlyList<string> models, TextWriter output)
    {
        var sounds = SoundTable.Read(labelled);
        var first = SoundModelInfo.Read(models[0]);
        var untrained = new[] { first.Encoder, "vgg" }.Distinct().Select(encoder => Untrained(encoder, first));
        EncoderFigures[] encoders = [.. models.Select(File.ReadAllBytes).Concat(untrained).Select(bytes => Judge(bytes, sounds))];
        MeasureSpeed(encoders, [.. sounds.Take(Clips).Select(s => SoundFile.ReadMono(s.Path, first.LogMel.SampleRate))], first.LogMel.SampleRate);

        output.WriteLine("| encoder | values | MB | seconds of sound per second | linear, % | kNN, % |");
        output.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var e in encoders)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {e.Name} | {e.Values} | {e.Megabytes:0.0} | {e.Speed:0} | {100 * e.Linear:0.0} | {100 * e.Neighbours:0.0} |"));
        }
        EncoderChart.Save(picture, encoders);
        return 0;
    }

    private static byte[] Untrained(string encoder, SoundModelInfo like)
    {
        using var network = SoundEncoders.Create(encoder, seed: 1);
        return EncoderExport.ToModel(network, like with { Name = $"{encoder}, untrained", Encoder = encoder, EmbeddingSize = network.EmbeddingSize }).ToBytes();
    }

    private static EncoderFigures Judge(byte[] model, IReadOnlyList<LabelledSound> sounds)
    {
        using var embedder = new SoundEmbedder(model);
        var report = FoldEvaluation.Run(SoundFeatures.Embed(embedder, sounds), EncoderJudges.Options);
        return new(embedder.Info.Name, model, embedder.EmbeddingSize, report.Classifiers[0].MicroAccuracy.Mean, report.Classifiers[1].MicroAccuracy.Mean);
    }

    private static void MeasureSpeed(EncoderFigures[] encoders, float[][] waveforms, int sampleRate)
    {
        var seconds = waveforms.Sum(w => (double)w.Length / sampleRate);
        var embedders = encoders.Select(e => new SoundEmbedder(e.Model)).ToArray();
        var rates = encoders.Select(_ => new List<double>(Rounds)).ToArray();
        for (var round = 0; round <= Rounds; round++)
        {
            for (var i = 0; i < embedders.Length; i++)
            {
                var watch = Stopwatch.StartNew();
                foreach (var waveform in waveforms) embedders[i].Embed(waveform);
                // The first round warms up.
                if (round > 0) rates[i].Add(seconds / watch.Elapsed.TotalSeconds);
            }
        }
        for (var i = 0; i < embedders.Length; i++)
        {
            embedders[i].Dispose();
            encoders[i].Speed = rates[i].Order().ElementAt(Rounds / 2);
        }
    }
}

/// <summary>What was found out about one encoder.</summary>
internal sealed record EncoderFigures(string Name, byte[] Model, int Values, double Linear, double Neighbours)
{
    public double Megabytes => Model.Length / 1e6;

    /// <summary>Seconds of sound embedded in a second, the median of the rounds.</summary>
    public double Speed { get; set; }
}
