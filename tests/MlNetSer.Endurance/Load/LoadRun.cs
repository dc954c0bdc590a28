using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MlNetSer.Testing;
using MlNetSer.Tests;

namespace MlNetSer.Endurance;

/// <summary>What came of a run under load.</summary>
internal sealed record LoadReport(long Right, long Cancelled, long Disposed, IReadOnlyCollection<string> Wrong, IReadOnlyList<ProcessMeter> Meters)
{
    /// <summary>What was held when all had been used for a while.</summary>
    public ProcessMeter Warm => Meters[Meters.Count / 4];

    public ProcessMeter End => Meters[^1];

    public void Write(TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Right:N0} right, {Cancelled:N0} cancelled, {Disposed:N0} after disposal, {Wrong.Count} wrong"));
        foreach (var wrong in Wrong.Take(5)) output.WriteLine($"  {wrong}");
        for (var i = 0; i < Meters.Count; i++)
        {
            if (i % Math.Max(1, Meters.Count / 10) == 0 || i == Meters.Count - 1) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {100 * i / (Meters.Count - 1),3} % of the time: {Meters[i]}"));
        }
    }
}

/// <summary>Many threads on one model for a while. Every result must be the one that a single thread gets.</summary>
internal sealed class LoadRun : IDisposable
{
    private const int Sounds = 24;

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentBag<string> _wrong = [];
    private readonly List<ProcessMeter> _meters = [];
    private readonly string _model;
    private readonly string[] _paths;
    private readonly float[][] _waveforms;
    private readonly float[][] _expected;
    private readonly float[][][] _expectedPatches;
    private long _right;
    private long _cancelled;
    private long _disposed;

    /// <param name="longest">Seconds of the longest recording: what every engine keeps memory for once it has met it.</param>
    public LoadRun(double longest = 130)
    {
        _model = TestModel.Write(_folder.File("encoder.onnx"));
        // Nothing, less than a patch, some patches, and now and then a recording that is gone through piece by piece.
        var seconds = Enumerable.Range(0, Sounds).Select(i => i switch { 0 => 0.0, 7 => 18.5, 15 => longest, _ => 0.1 + (0.17 * i) }).ToArray();
        _waveforms = [.. seconds.Select((s, i) => TestModel.Sound(s, i))];
        _paths = [.. seconds.Select((s, i) => TestModel.WriteSound(_folder.File($"{i}.wav"), s, i))];
        using var single = new SoundEmbedder(_model);
        _expected = [.. _paths.Select(p => single.EmbedFile(p))];
        _expectedPatches = [.. _waveforms.Select(w => single.EmbedPatches(w))];
    }

    /// <summary>One embedder for all threads; cancellations, and embedders that are disposed of while they work.</summary>
    public LoadReport Embedder(TimeSpan time, int threads)
    {
        using var shared = new SoundEmbedder(_model);
        return Run(time, threads, random => Use(shared, random));
    }

    /// <summary>As an ASP.NET Core application uses ML.NET: a model, and a pool from which each request takes a PredictionEngine of its own.</summary>
    public LoadReport PredictionEngines(TimeSpan time, int threads)
    {
        var ml = new MLContext();
        var zip = _folder.File("pipeline.zip");
        var empty = ml.Data.LoadFromEnumerable(Array.Empty<Request>());
        using (var fitted = ml.Transforms.ApplySoundEmbedding("Features", "SoundPath", _model).Fit(empty)) ml.Model.Save(fitted, empty.Schema, zip);
        var model = new MLContext().Model.Load(zip, out _);
        var pool = new ConcurrentBag<PredictionEngine<Request, Response>>();
        // The pipeline gives what a single thread gets from it; how that compares with the embedder is another test's matter.
        using (var first = ml.Model.CreatePredictionEngine<Request, Response>(model, ownModel()))
            for (var i = 0; i < Sounds; i++) _expected[i] = first.Predict(new() { SoundPath = _paths[i] }).Features;
        var report = Run(time, threads, random =>
        {
            var i = random.Next(Sounds);
            // Some requests come when the pool is empty, and engines beyond what it holds are thrown away.
            if (!pool.TryTake(out var engine)) engine = ml.Model.CreatePredictionEngine<Request, Response>(model, ownModel());
            Compare(i, _expected[i], engine.Predict(new() { SoundPath = _paths[i] }).Features, "Predict");
            if (pool.Count < threads / 2) pool.Add(engine);
            else engine.Dispose();
        });
        foreach (var engine in pool) engine.Dispose();
        (model as IDisposable)?.Dispose();
        return report;

        // The model is shared: engines must not dispose of it.
        static PredictionEngineOptions ownModel() => new() { OwnsTransformer = false };
    }

    public void Dispose() => _folder.Dispose();

    private LoadReport Run(TimeSpan time, int threads, Action<Random> use)
    {
        var start = Stopwatch.GetTimestamp();
        bool Goes() => Stopwatch.GetElapsedTime(start) < time;
        var workers = Enumerable.Range(0, threads).Select(seed => new Thread(() =>
        {
            var random = new Random(seed);
            while (Goes())
            {
                try
                {
                    use(random);
                }
                catch (Exception e)
                {
                    _wrong.Add(e.ToString());
                }
            }
        })).ToArray();
        foreach (var worker in workers) worker.Start();
        var between = time / 20;
        do
        {
            Thread.Sleep(between);
            _meters.Add(ProcessMeter.Read());
        }
        while (Goes());
        foreach (var worker in workers) worker.Join();
        return new(_right, _cancelled, _disposed, _wrong, _meters);
    }

    private void Use(SoundEmbedder shared, Random random)
    {
        // Long recordings take as long as a hundred others.
        var i = random.Next(Sounds);
        if (_waveforms[i].Length > 1_000_000 && random.Next(50) > 0) return;
        switch (random.Next(12))
        {
            case < 4:
                Compare(i, _expected[i], shared.Embed(_waveforms[i]), "Embed");
                break;
            case < 7:
                Compare(i, _expected[i], shared.EmbedFile(_paths[i]), "EmbedFile");
                break;
            case 7:
                var patches = shared.EmbedPatches(_waveforms[i]);
                Compare(i, [.. _expectedPatches[i].SelectMany(p => p)], [.. patches.SelectMany(p => p)], "EmbedPatches");
                break;
            case 8 or 9:
                Cancel(shared, i, random);
                break;
            case 10:
                // Whoever loses interest in the middle.
                foreach (var (result, at) in shared.EmbedFiles(_paths[..12], threads: 2).Take(random.Next(1, 6)).Select((r, at) => (r, at)))
                    Compare(at, _expected[at], result.Vector!, "EmbedFiles");
                break;
            default:
                DisposeWhileItWorks(i);
                break;
        }
    }

    private void Cancel(SoundEmbedder shared, int i, Random random)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(12)));
        try
        {
            Compare(i, _expected[i], shared.EmbedFile(_paths[i], soon.Token), "EmbedFile");
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _cancelled);
        }
    }

    private void DisposeWhileItWorks(int i)
    {
        var own = new SoundEmbedder(_model);
        var work = Task.Run(() =>
        {
            try
            {
                Compare(i, _expected[i], own.Embed(_waveforms[i]), "Embed");
            }
            catch (ObjectDisposedException)
            {
                Interlocked.Increment(ref _disposed);
            }
        });
        own.Dispose();
        work.Wait();
    }

    private void Compare(int i, float[] expected, float[] actual, string call)
    {
        if (expected.AsSpan().SequenceEqual(actual)) Interlocked.Increment(ref _right);
        else _wrong.Add($"{call} of sound {i}: {actual.Length} values, the first {(actual.Length > 0 ? actual[0] : float.NaN)} instead of {expected[0]}");
    }

    private sealed class Request
    {
        public string SoundPath { get; set; } = "";
    }

    private sealed class Response
    {
        public float[] Features { get; set; } = [];
    }
}
