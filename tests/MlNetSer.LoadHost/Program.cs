// Loads a saved pipeline and writes, for each sound, the label that it predicts (if it does) and its embedding.
// Arguments: the pipeline, the embedding's column, "paths" or "waveforms", then sound files or files of raw float32 samples.
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

var ml = new MLContext();
var model = ml.Model.Load(args[0], out _);
var data = args[2] == "paths"
    ? ml.Data.LoadFromEnumerable(args[3..].Select(path => new PathRow { SoundPath = path }))
    : ml.Data.LoadFromEnumerable(args[3..].Select(path => new WaveformRow { Waveform = Samples(path) }));
var result = model.Transform(data);
var labels = result.Schema.GetColumnOrNull("PredictedLabel") is null
    ? args[3..].Select(_ => "-")
    : result.GetColumn<string>("PredictedLabel");
foreach (var (label, embedding) in labels.Zip(result.GetColumn<float[]>(args[1])))
    Console.WriteLine($"{label} {string.Join(' ', embedding.Select(v => v.ToString("R", CultureInfo.InvariantCulture)))}");

static float[] Samples(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();

internal sealed class PathRow
{
    public string SoundPath { get; set; } = "";

    public string Label { get; set; } = "";
}

internal sealed class WaveformRow
{
    public float[] Waveform { get; set; } = [];

    public string Label { get; set; } = "";
}
