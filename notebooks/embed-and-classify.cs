#!/usr/bin/env dotnet
#:project ../src/MlNetSer.Training/MlNetSer.Training.csproj
#:package ScottPlot

// %% [markdown]
// # Embed and classify a folder of sounds
//
// A folder with a sub-folder of sounds for each label becomes a classifier in an ordinary ML.NET pipeline: the encoder that comes along turns each
// sound into a vector, and any trainer learns from that. For your own sounds change the line that names the folder.

// %% [packages] Microsoft.ML.OnnxRuntime
// %% [include] Picture.cs

// %%
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetSer;
using MlNetSer.Training.Synthesis;

var sounds = "sounds";                              // your own: a folder with a sub-folder per label
if (!Directory.Exists(sounds)) new SoundSynthesiser(seed: 1).WriteFolder(sounds, clipsPerClass: 16, [.. SoundEventClass.All.Where((_, i) => i % 3 == 1)]);

foreach (var label in SoundTable.Read(sounds).GroupBy(sound => sound.Label)) Console.WriteLine($"{label.Key,-12}{label.Count(),4} clips");

// %% [markdown]
// `ApplySoundEmbedding` without arguments reads the files in the column `SoundPath` and gives the column `Features`. The cache checkpoint after it keeps
// the trainer, which looks at its data many times, from reading the sounds as often.

// %%
var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromSoundFolder(sounds);
var pipeline = ml.Transforms.ApplySoundEmbedding()
    .AppendCacheCheckpoint(ml)
    .Append(ml.Transforms.Conversion.MapValueToKey("Label"))
    .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
    .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

var halves = ml.Data.TrainTestSplit(data, testFraction: 0.5);
var model = pipeline.Fit(halves.TrainSet);
var scored = model.Transform(halves.TestSet);
var metrics = ml.MulticlassClassification.Evaluate(scored);
Console.WriteLine($"right: {metrics.MicroAccuracy:P1} of the sounds that it was not trained on");

// %% [markdown]
// Which sounds are taken for which?

// %%
var labels = SoundTable.Read(sounds).Select(sound => sound.Label).Distinct().Order().ToArray();
var counts = new double[labels.Length, labels.Length];
foreach (var (label, predicted) in scored.GetColumn<string>("SoundPath").Select(path => Path.GetFileName(Path.GetDirectoryName(path)))
    .Zip(scored.GetColumn<string>("PredictedLabel")))
    counts[Array.IndexOf(labels, label), Array.IndexOf(labels, predicted)]++;

var plot = new ScottPlot.Plot();
plot.Add.Heatmap(counts).Colormap = new ScottPlot.Colormaps.Viridis();
plot.Axes.Left.SetTicks([.. labels.Select((_, i) => labels.Length - 1.0 - i)], labels);
plot.Axes.Bottom.SetTicks([.. labels.Select((_, i) => (double)i)], labels);
plot.YLabel("label");
plot.XLabel("predicted");
new Picture(plot.GetImageBytes(480, 400, ScottPlot.ImageFormat.Png)).Display();

// %% [markdown]
// The saved pipeline holds the encoder: one file goes to wherever it is used.

// %%
ml.Model.Save(model, data.Schema, "sounds.zip");

var elsewhere = new MLContext();
var loaded = elsewhere.Model.Load("sounds.zip", out _);
var some = elsewhere.Data.LoadFromSounds(SoundTable.Read(sounds).Take(3));
foreach (var label in loaded.Transform(some).GetColumn<string>("PredictedLabel")) Console.WriteLine($"heard again: {label}");
