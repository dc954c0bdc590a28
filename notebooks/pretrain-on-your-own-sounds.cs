#!/usr/bin/env dotnet
#:project ../src/MlNetSer.Training/MlNetSer.Training.csproj
#:package ScottPlot

// %% [markdown]
// # Pretrain an encoder on your own sounds
//
// An encoder learns from recordings without labels: two views of each clip, mixed with other clips and changed at random, must find each other among those
// of all other clips. What comes out is one ONNX file, waveform in, embedding out. This takes seconds because it is a short run on a few synthesised sounds;
// the paper trains for 500 epochs on 42 hours. For your own sounds change the line that names the folder.

// %% [packages] Microsoft.ML.OnnxRuntime libtorch-cpu-linux-x64
// %% [include] Picture.cs

// %%
using MlNetSer;
using MlNetSer.Audio;
using MlNetSer.Onnx;
using MlNetSer.Training;
using MlNetSer.Training.Synthesis;

var sounds = "sounds";                              // your own: a folder of sounds, at whatever depth
if (!Directory.Exists(sounds)) new SoundSynthesiser(seed: 1).WriteFolder(sounds, clipsPerClass: 3);

var files = SoundFile.Find(sounds);
var cache = LogMelCache.OpenOrCreate("cache", files, new LogMelSettings());
Console.WriteLine($"{files.Count} files, {cache.Count} clips, {cache.TotalFrames / 100} seconds");

// %% [markdown]
// A run lives in a folder. It may be killed at any time: `Resume` goes on and ends with the same weights. All settings have the paper's values where
// nothing else is said.

// %%
if (Directory.Exists("run")) Directory.Delete("run", recursive: true);
var settings = new PretrainSettings { Encoder = "resnet18", Epochs = 3, BatchSize = 16, Seed = 1 };
var pretrainer = new Pretrainer(new CachedPatchSource(cache, "synthesised sounds", licence: "CC0-1.0"), "run");
var curve = pretrainer.Run(settings);
foreach (var point in curve) Console.WriteLine($"epoch {point.Epoch}: loss {point.Loss:F2}");

// %%
var plot = new ScottPlot.Plot();
plot.Add.Scatter(curve.Select(point => (double)point.Epoch).ToArray(), curve.Select(point => point.Loss).ToArray());
plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericFixedInterval(1);
plot.XLabel("epoch");
plot.YLabel("loss");
new Picture(plot.GetImageBytes(480, 280, ScottPlot.ImageFormat.Png)).Display();

// %% [markdown]
// The exported file works in `ApplySoundEmbedding(modelPath: ...)`, in `SoundEmbedder`, and in ONNX Runtime for any other language.

// %%
var info = EncoderExport.Export("run", "encoder.onnx", info => info with { Name = "my-encoder", Version = "0.1" });
var embedder = new SoundEmbedder("encoder.onnx");
Console.WriteLine($"{info.Name}: {info.Encoder}, trained on {info.TrainingData}, {embedder.Embed(SoundFile.ReadMono(files[0], embedder.SampleRate)).Length} values per clip");

// %% [markdown]
// What is it worth? Where there are labels (here the names of the sub-folders), nearest neighbours tell how many sounds lie beside others of their label,
// in comparison with what needs no encoder at all. After so short a run nothing can be said yet.

// %%
var labelled = SoundTable.Read(sounds);
var neighbours = new FoldEvaluationOptions { Classifiers = [SoundClassifier.NearestNeighbours], Folds = 3 };
foreach (var features in new[] { SoundFeatures.Embed(embedder, labelled), SoundFeatures.LogMelStatistics(labelled) })
    Console.WriteLine($"{features.Name,-28}{100 * FoldEvaluation.Run(features, neighbours).Classifiers[0].MicroAccuracy.Mean:F1} %");
embedder.Dispose();
cache.Dispose();
