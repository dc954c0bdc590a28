#!/usr/bin/env dotnet
#:project ../src/MlNetSer.Training/MlNetSer.Training.csproj
#:package ScottPlot

// %% [markdown]
// # Look inside
//
// What the encoder hears (log-mel spectrograms), what pretraining makes of it (mix-back and two views), and where its embeddings put the sounds. For your own
// sounds change the line that names the folder.

// %% [packages] Microsoft.ML.OnnxRuntime libtorch-cpu-linux-x64
// %% [include] Picture.cs

// %%
using System.Numerics.Tensors;
using MlNetSer;
using MlNetSer.Onnx;
using MlNetSer.Training;
using MlNetSer.Training.Synthesis;
using ScottPlot;

var sounds = "sounds";                              // your own: a folder with a sub-folder per label
if (!Directory.Exists(sounds)) new SoundSynthesiser(seed: 1).WriteFolder(sounds, clipsPerClass: 12, [.. SoundEventClass.All.Where((_, i) => i % 3 == 1)]);

var table = SoundTable.Read(sounds);
var cache = LogMelCache.OpenOrCreate("cache", [.. table.Select(sound => sound.Path)], new LogMelSettings());
Console.WriteLine($"{cache.Count} clips; log-mel of {cache.Settings.MelBands} bands, a frame every {1000.0 * cache.Settings.HopSize / cache.Settings.SampleRate:F1} ms");

// %% [markdown]
// ## Log-mel spectrograms
// One clip of each label: time to the right, pitch upwards, from dark (quiet) to bright (loud).

// %%
Plot Draw(string title, int frames, Func<int, int, double> value)
{
    var bands = cache.Settings.MelBands;
    var pixels = new double[bands, frames];
    for (var band = 0; band < bands; band++)
        for (var frame = 0; frame < frames; frame++) pixels[bands - 1 - band, frame] = value(frame, band);
    var plot = new Plot();
    plot.Add.Heatmap(pixels).Colormap = new ScottPlot.Colormaps.Viridis();
    plot.Axes.SetLimits(0, frames - 1, 0, bands - 1);
    plot.Title(title, size: 14);
    plot.Axes.Left.SetTicks([], []);
    plot.Axes.Bottom.SetTicks([], []);
    return plot;
}

Picture Side(params Plot[] plots)
{
    var grid = new ScottPlot.MultiplotLayouts.CustomGrid();
    var row = new Multiplot { Layout = grid };
    for (var column = 0; column < plots.Length; column++)
    {
        row.AddPlot(plots[column]);
        grid.Set(plots[column], new GridCell(0, column, 1, plots.Length));
    }
    return new Picture(row.Render(150 * plots.Length, 160).GetImageBytes(ImageFormat.Png));
}

var bands = cache.Settings.MelBands;
var first = Enumerable.Range(0, cache.Count).GroupBy(clip => table[clip].Label).Select(clips => clips.First());
Side([.. first.Select(clip =>
{
    var values = new float[cache.FramesOf(clip) * bands];
    cache.Read(clip, 0, values);
    return Draw(table[clip].Label, cache.FramesOf(clip), (frame, band) => values[frame * bands + band]);
})]).Display();

// %% [markdown]
// ## Two views of a clip
// Pretraining takes two patches of about a second from a clip, mixes a little of other clips into each (mix-back; drawn here with a large share, so that it can
// be seen), crops, compresses and adds noise. The encoder must find out that both views are of the same clip.

// %%
var example = ViewExample.Make(cache, clip: 0, new ViewSettings { MixBack = new MixBackSettings { Alpha = 0.5 } }, seed: 3);
Console.WriteLine($"{Path.GetFileName(cache.PathOf(0))}, mixed with {100 * example.BackgroundShare:F1} % of others");
foreach (var (view, number) in new[] { (example.First, 1), (example.Second, 2) })
{
    Plot Step(string title, LogMelSpectrogram step) => Draw(title, step.Frames, (frame, band) => step[frame, band]);
    Side(Step($"patch {number}", view.Original), Step("background", view.Background!), Step("mix", view.Mix), Step($"view {number}", view.View)).Display();
}

// %% [markdown]
// ## A map of the embeddings
// The encoder that comes along has not seen these labels. The two directions in which its embeddings differ most (principal components, by power iteration)
// tell most of the sounds apart.

// %%
var embedder = new SoundEmbedder();
var vectors = SoundFeatures.Embed(embedder, table).Vectors.Select(vector => vector.ToArray()).ToArray();
var mean = Enumerable.Range(0, embedder.EmbeddingSize).Select(d => vectors.Average(vector => vector[d])).ToArray();
foreach (var vector in vectors) TensorPrimitives.Subtract(vector, mean, vector);

float[] Principal()
{
    var direction = Enumerable.Range(0, embedder.EmbeddingSize).Select(d => 1f + d).ToArray();
    for (var round = 0; round < 100; round++)
    {
        var next = new float[direction.Length];
        foreach (var vector in vectors) TensorPrimitives.MultiplyAdd(vector, TensorPrimitives.Dot(vector, direction), next, next);
        TensorPrimitives.Divide(next, TensorPrimitives.Norm(next), direction);
    }
    return direction;
}

double[][] Along(int axes) => [.. Enumerable.Range(0, axes).Select(_ =>
{
    var direction = Principal();
    var places = vectors.Select(vector => (double)TensorPrimitives.Dot(vector, direction)).ToArray();
    foreach (var (vector, place) in vectors.Zip(places)) TensorPrimitives.MultiplyAdd(direction, (float)-place, vector, vector);
    return places;
})];

var axes = Along(2);
var map = new Plot();
foreach (var label in Enumerable.Range(0, table.Count).GroupBy(i => table[i].Label))
    map.Add.ScatterPoints(label.Select(i => axes[0][i]).ToArray(), label.Select(i => axes[1][i]).ToArray()).LegendText = label.Key;
map.ShowLegend(Edge.Right);
new Picture(map.GetImageBytes(560, 380, ImageFormat.Png)).Display();
embedder.Dispose();
cache.Dispose();
