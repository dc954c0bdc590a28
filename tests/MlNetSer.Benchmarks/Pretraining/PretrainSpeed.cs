using System.Globalization;
using MlNetSer.Onnx;
using MlNetSer.Testing;
using MlNetSer.Training;
using MlNetSer.Training.Synthesis;
using static TorchSharp.torch;

namespace MlNetSer.Benchmarks;

/// <summary>
/// Pretraining from a cache of log-mels against its own bare step (forward, backward, SGD on one fixed batch): a step of the one and a step of
/// the other take turns, so that both meet the same machine.
/// </summary>
internal static class PretrainSpeed
{
    private const int Warmup = 2;

    internal static int Compare(string encoder, int steps, int clips, TextWriter output)
    {
        using var folder = new TemporaryFolder();
        var settings = new PretrainSettings { Encoder = encoder, Epochs = steps + Warmup, BatchSize = clips, Seed = 1 };
        using var cache = Cache(folder, settings.BatchSize);
        var source = new CachedPatchSource(cache, "synthesised clips");
        using var bare = new BareStep(settings);

        var turns = new Turns(bare);
        new Pretrainer(source, folder.File("run")).Run(settings, turns);
        var parts = new Parts(settings, source, () => bare.Save(folder.File("checkpoint")));

        string Line(string what, double wall, double cpu) => string.Create(
            CultureInfo.InvariantCulture, $"| {what} | {1000 * wall:f0} | {1000 * cpu:f0} | {wall / turns.BareWall:p1} | {cpu / turns.BareCpu:p1} |");
        output.WriteLine($"{encoder}, batches of {settings.BatchSize} clips, {get_num_threads()} threads; the median of {steps} steps:");
        output.WriteLine();
        output.WriteLine("| | wall, ms | processor, ms | wall / bare | processor / bare |");
        output.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        output.WriteLine(Line("bare step", turns.BareWall, turns.BareCpu));
        output.WriteLine(Line("step of `pretrain`", turns.WholeWall, turns.WholeCpu));
        foreach (var (name, work) in parts.All)
        {
            var (wall, cpu) = Stopwatches.Median(work, Math.Max(5, steps));
            output.WriteLine(Line(name, wall, cpu));
        }
        return 0;
    }

    /// <summary>A cache of as many synthesised clips, for a run whose clips come from a cache as those of recordings do.</summary>
    internal static LogMelCache Cache(TemporaryFolder folder, int clips)
    {
        var classes = SoundEventClass.All.Take(4).ToArray();
        var files = new SoundSynthesiser(1).WriteFolder(folder.File("sounds"), clips / classes.Length, classes);
        return LogMelCache.OpenOrCreate(folder.File("cache"), [.. files], new LogMelSettings());
    }

    /// <summary>Told after every step of the run, it makes a bare one.</summary>
    private sealed class Turns(BareStep bare) : IProgress<PretrainProgress>
    {
        private readonly List<(double Wall, double Cpu)> _whole = [];
        private readonly List<(double Wall, double Cpu)> _bare = [];
        private Stopwatches _since = Stopwatches.Start();

        public double WholeWall => Stopwatches.Median(_whole.Skip(Warmup).Select(t => t.Wall));

        public double WholeCpu => Stopwatches.Median(_whole.Skip(Warmup).Select(t => t.Cpu));

        public double BareWall => Stopwatches.Median(_bare.Skip(Warmup).Select(t => t.Wall));

        public double BareCpu => Stopwatches.Median(_bare.Skip(Warmup).Select(t => t.Cpu));

        public void Report(PretrainProgress value)
        {
            _whole.Add(_since.Elapsed);
            var watch = Stopwatches.Start();
            bare.Run();
            _bare.Add(watch.Elapsed);
            _since = Stopwatches.Start();
        }
    }

    /// <summary>What a run does besides.</summary>
    private sealed class Parts
    {
        public Parts(PretrainSettings settings, CachedPatchSource source, Action save)
        {
            var all = settings.Views with { FrequencyResponse = new(), TimeShift = new(), FrequencyShift = new(), TimeReversal = new(), SpecAugment = new(), GaussianBlur = new() };
            var batch = new PatchBatch(settings.BatchSize, 101, 96, MixBackBackgrounds.OtherClips);
            source.Fill(batch, new TrainingPosition(1, 0, 0));
            Action Make(ViewSettings views)
            {
                var maker = new ViewMaker(views, source.Normalisation, CPU, float32);
                return () =>
                {
                    using var scope = NewDisposeScope();
                    maker.Make(batch, new TrainingPosition(1, 0, 0));
                };
            }
            All =
            [
                ("views, published", Make(settings.Views)),
                ("views, all augmentations", Make(all)),
                ("patches from the cache", () => source.Fill(batch, new TrainingPosition(1, 0, 0))),
                ("pause of finalisers", () => FinaliserPause.Begin().Dispose()),
                ("checkpoint (once a minute)", save),
            ];
        }

        public IReadOnlyList<(string Name, Action Work)> All { get; }
    }
}
