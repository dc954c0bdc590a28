#!/usr/bin/env dotnet
#:project ../src/MlNetSer.Training/MlNetSer.Training.csproj
#:package ScottPlot

// %% [markdown]
// # Few labels, wrong labels
//
// Labels are what costs. How far does a linear classifier on the encoder's embeddings come with few of them, and with wrong ones, in comparison with the
// plainest features there are, mean and deviation of each log-mel band? For your own sounds change the line that names the folder.

// %% [packages] Microsoft.ML.OnnxRuntime
// %% [include] Picture.cs

// %%
using Microsoft.ML;
using MlNetSer;
using MlNetSer.Training;
using MlNetSer.Training.Synthesis;

var sounds = "sounds";                              // your own: a folder with a sub-folder per label
if (!Directory.Exists(sounds)) new SoundSynthesiser(seed: 1).WriteFolder(sounds, clipsPerClass: 24, [.. SoundEventClass.All.Where((_, i) => i % 3 == 1)]);

var table = SoundTable.Read(sounds);
var test = table.Where((_, i) => i % 3 == 0).ToArray();
var train = table.Except(test).ToArray();
Console.WriteLine($"{train.Length} clips to train on, {test.Length} to test");

// %% [markdown]
// Each clip is looked at once; every classifier below is trained on the same vectors.

// %%
var embedder = new SoundEmbedder();
var features = new[] { SoundFeatures.Embed(embedder, table), SoundFeatures.LogMelStatistics(table) };
foreach (var kind in features) Console.WriteLine($"{kind.Name}: {kind.Dimensions} values per clip");
embedder.Dispose();

// %%
// A classifier sees the labels that it is given, right or wrong, and is judged by the right ones of other clips.
double Accuracy(SoundFeatures kind, IReadOnlyList<LabelledSound> labelled)
{
    var vectors = kind.Sounds.Zip(kind.Vectors).ToDictionary(pair => pair.First.Path, pair => pair.Second);
    var given = labelled.Concat(test.Select(sound => sound with { IsTest = true })).ToArray();
    var linear = new FoldEvaluationOptions
    {
        Classifiers = [SoundClassifier.FromPipeline("linear", ml => ml.Transforms.NormalizeMeanVariance("Features")
            .Append(ml.Transforms.Conversion.MapValueToKey("Label"))
            // Thousands of values and few clips, some with wrong labels: a strong penalty, and on squares, so that no weight becomes zero.
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: 100))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")))],
    };
    var report = FoldEvaluation.Run(new SoundFeatures(kind.Name, given, [.. given.Select(sound => vectors[sound.Path])]), linear);
    return 100 * report.Classifiers[0].MicroAccuracy.Mean;
}

void Compare(string what, double[] shares, Func<double, IReadOnlyList<LabelledSound>> labelled)
{
    var plot = new ScottPlot.Plot();
    foreach (var kind in features)
    {
        var accuracies = shares.Select(share => Accuracy(kind, labelled(share))).ToArray();
        foreach (var (share, accuracy) in shares.Zip(accuracies)) Console.WriteLine($"{what} {100 * share,3:F0} %   {kind.Name,-28}{accuracy:F1} % right");
        plot.Add.Scatter(shares.Select(share => 100 * share).ToArray(), accuracies).LegendText = kind.Name;
    }
    plot.XLabel(what + ", %");
    plot.YLabel("right, %");
    plot.ShowLegend(ScottPlot.Alignment.LowerRight);
    new Picture(plot.GetImageBytes(520, 300, ScottPlot.ImageFormat.Png)).Display();
}

// %% [markdown]
// ## Few labels
// The same share of each label's clips, drawn by a seed; a larger share holds every smaller one.

// %%
Compare("labels kept", [0.07, 0.25, 0.5, 1], share => TrainingLabels.Keep(train, share, seed: 1));

// %% [markdown]
// ## Wrong labels
// A share of each label's clips gets another label by chance. Training a network end to end on wrong labels is where pretraining helps most: see
// `mlnetser finetune --wrong-labels`, and the tables in the repository's README.

// %%
Compare("labels wrong", [0, 0.2, 0.4, 0.6], share => TrainingLabels.MakeWrong(train, share, seed: 1));
