using System.Diagnostics;
using System.Globalization;
using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>What <c>reproduce</c> was asked to do.</summary>
/// <param name="Data">The folder of FSDnoisy18k.</param>
/// <param name="Pretraining">How the encoder is pretrained.</param>
/// <param name="DownstreamEpochs">Epochs of each classifier's training.</param>
/// <param name="Folder">Where everything goes.</param>
internal sealed record ReproduceArguments(string Data, PretrainSettings Pretraining, int DownstreamEpochs, string Folder);

/// <summary>
/// The paper's experiment on FSDnoisy18k (its section 4): an encoder pretrained on the noisy clips without their labels, judged by kNN, by
/// linear evaluation and by fine-tuning on both tasks, beside the same networks from scratch. Stages that are done are not repeated.
/// </summary>
internal sealed class Reproduction(ReproduceArguments arguments, Screen screen, CancellationToken cancellation)
{
    private const string Pretrained = "pretrained", Scratch = "from scratch", Linear = "linear evaluation", FineTuning = "fine-tuning";

    private readonly string _cache = Path.Combine(arguments.Folder, "cache");
    private readonly string _run = Path.Combine(arguments.Folder, "pretraining");

    public int Run()
    {
        var data = FsdNoisy18k.Read(arguments.Data);
        var plan = ReproducePlan.Of(arguments.Pretraining, arguments.DownstreamEpochs, data);
        plan.Claim(arguments.Folder);
        try
        {
            ReproductionTable.Write(screen, arguments.Folder, Title(data), Stages(plan, data));
        }
        catch (OperationCanceledException)
        {
            screen.Warn("Stopped. The same command goes on.");
            throw;
        }
        return Tool.Success;
    }

    private List<StageResult> Stages(ReproducePlan plan, FsdNoisy18k data)
    {
        var results = new List<StageResult> { Once(new("kNN", "", Pretrained), stage => Pretrain(stage, data)) };
        using var pretrained = new DownstreamTrainer(EncoderStart.FromRun(_run), _cache);
        using var scratch = new DownstreamTrainer(EncoderStart.Scratch(plan.Pretraining.Encoder), _cache);
        foreach (var task in (SoundTask[])[data.NoisyTask(), data.CleanTask(plan.Pretraining.Seed)])
        {
            results.Add(Classify(Linear, Pretrained, pretrained, plan.Downstream(DownstreamMode.Linear), task));
            results.Add(Classify(FineTuning, Pretrained, pretrained, plan.Downstream(DownstreamMode.FineTuning), task));
            results.Add(Classify(FineTuning, Scratch, scratch, plan.Downstream(DownstreamMode.FineTuning), task));
        }
        return results;
    }

    private string Title(FsdNoisy18k data) => string.Create(
        CultureInfo.InvariantCulture,
        $"{arguments.Pretraining.Encoder}, pretrained for {arguments.Pretraining.Epochs} epochs on {data.TrainNoisy.Count} clips without labels, "
        + $"classifiers trained for {arguments.DownstreamEpochs} epochs, seed {arguments.Pretraining.Seed}.\n"
        + $"Balanced accuracy in %, on {data.Test.Count} test clips; of kNN the share of the {data.TrainClean.Count} clean clips.");

    /// <summary>The result of a stage, from its file if it is done.</summary>
    private StageResult Once(StageResult stage, Func<StageResult, StageResult> work)
    {
        var path = PathOf(stage, "json");
        if (StageResult.TryRead(path) is { } done) return done;
        var begun = Stopwatch.GetTimestamp();
        var result = work(stage) with { Seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds };
        result.Write(path);
        return result;
    }

    private StageResult Pretrain(StageResult stage, FsdNoisy18k data)
    {
        var isBegun = File.Exists(Path.Combine(_run, "run.json"));
        LogMelCache Open(IReadOnlyList<LabelledSound> sounds) => PretrainRun.OpenCache(screen, sounds, _cache, arguments.Pretraining.LogMel, cancellation);
        using var cache = Open(data.TrainNoisy);
        var every = Math.Max(1, arguments.Pretraining.Epochs / 50);
        using var monitor = new RunMonitor(MonitorKinds.Knn, data.TrainClean, every, () => Open(data.TrainClean));
        var pretrainer = new Pretrainer(new CachedPatchSource(cache, $"{cache.Count} clips of FSDnoisy18k's train_noisy", "CC0 and CC BY"), _run)
        {
            Monitor = monitor.Monitor,
        };
        var curve = PretrainRun.Train(screen, progress => isBegun
            ? pretrainer.Resume(progress, cancellation)
            : pretrainer.Run(arguments.Pretraining, progress, cancellation));
        EncoderExport.Export(_run, Path.Combine(arguments.Folder, "encoder.onnx"), cancellationToken: cancellation);
        return stage with { Validation = curve[^1].Accuracy.Neighbours, Epoch = curve[^1].Epoch };
    }

    private StageResult Classify(string evaluation, string encoder, DownstreamTrainer trainer, DownstreamSettings settings, SoundTask task) =>
        Once(new(evaluation, task.Name, encoder), stage =>
        {
            var title = $"{char.ToUpperInvariant(evaluation[0])}{evaluation[1..]}, {task.Name}, {encoder}";
            var result = screen.Progress(title, progress => trainer.Run(
                settings, task.Train, task.Validation, task.Test, new Relay<DownstreamProgress>(p => progress.Report(DownstreamState.Of(p))), cancellation));
            SkippedSounds.Report(
                screen,
                [.. result.Unreadable.Select(u => new UnreadableSound(u.Path, u.Reason))],
                task.Train.Count + task.Validation.Count + task.Test.Count);
            result.Model.Save(PathOf(stage, "onnx"));
            return stage.With(result);
        });

    private string PathOf(StageResult stage, string extension)
    {
        var folder = Directory.CreateDirectory(Path.Combine(arguments.Folder, "stages")).FullName;
        string[] words = [stage.Evaluation, stage.TrainedOn, stage.Encoder];
        return Path.Combine(folder, $"{string.Join('-', words.Where(w => w.Length > 0)).Replace(' ', '-')}.{extension}");
    }
}
