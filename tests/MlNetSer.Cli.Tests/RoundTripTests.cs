using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MlNetSer.Testing;
using Parquet.Serialization;
using Parquet.Serialization.Attributes;

namespace MlNetSer.Cli;

/// <summary>From sounds to an encoder, to embeddings, to an accuracy, by the built tool.</summary>
public sealed class RoundTripTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pretrained_exported_embedded_evaluated()
    {
        SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 12);
        string[] pretrain = ["pretrain", "--data", "sounds", "--epochs", "2", "--batch", "8"];
        Succeeds([.. pretrain, "--evaluate", "sounds", "--evaluate-every", "2", "--tensorboard", "log"]);
        Assert.Single(Directory.GetFiles(_folder.File("log"), "events.out.tfevents.*"));
        var curve = File.ReadAllLines(_folder.File("run", "curve.csv"));
        Assert.Equal(3, curve.Length);
        Assert.All(curve[2].Split(',')[^2..], accuracy => Assert.InRange(double.Parse(accuracy, CultureInfo.InvariantCulture), 0, 1));

        Succeeds("export", "run", "--out", "encoder.onnx", "--licence", "CC0-1.0");
        var info = JsonDocument.Parse(Succeeds("info", "encoder.onnx", "--json")).RootElement;
        Assert.Equal("CC0-1.0", info.GetProperty("licence").GetString());
        Assert.Contains("24 clips", info.GetProperty("trainingData").GetString(), StringComparison.Ordinal);
        Succeeds("export", "run", "--out", "small.onnx", "--weights", "int8");
        long Length(string file) => new FileInfo(_folder.File(file)).Length;
        // The front end, more than half of so small an encoder's file, stays as it is.
        Assert.InRange(Length("small.onnx"), 0.5 * Length("encoder.onnx"), 0.8 * Length("encoder.onnx"));

        Succeeds("export", "run", "--out", "fast.onnx", "--arithmetic", "int8");
        var fast = JsonDocument.Parse(Succeeds("info", "fast.onnx", "--json")).RootElement;
        Assert.Equal("int8", fast.GetProperty("extra").GetProperty("export.arithmetic").GetString());

        Succeeds("embed", "--model", "encoder.onnx", "--data", "sounds", "--out", "e.csv");
        Assert.Equal(25, File.ReadAllLines(_folder.File("e.csv")).Length);
        var report = Succeeds("evaluate", "--model", "encoder.onnx", "--data", "sounds", "--folds", "3", "--json");
        var linear = JsonDocument.Parse(report).RootElement.GetProperty("reports")[0].GetProperty("classifiers")[0];
        Assert.Equal([8, 8, 8], linear.GetProperty("folds").EnumerateArray().Select(fold => fold.GetProperty("clips").GetInt32()));
        // So short a training tells no sounds apart, but what is said of it must agree.
        var confusion = linear.GetProperty("confusion").EnumerateArray().Select(row => row.EnumerateArray().Select(clips => clips.GetInt32()).ToArray()).ToArray();
        Assert.Equal(24, confusion.Sum(row => row.Sum()));
        Assert.Equal((confusion[0][0] + confusion[1][1]) / 24.0, linear.GetProperty("microAccuracy").GetProperty("mean").GetDouble(), 1e-9);
        Fails(["pretrain", "--data", "sounds"], "run holds a run already");
        Fails([.. pretrain, "--resume", "--seed", "5"], "was started with seed 0, not 5: leave --seed out");
    }

    [Fact]
    public void Synthesised_sounds_are_trained_on_beside_others()
    {
        SoundsOnDisk.Synthesise(_folder, classes: 1, clips: 6);
        Succeeds("pretrain", "--data", "sounds", "synth:0.25", "--epochs", "2", "--batch", "4");
        Succeeds("export", "run", "--out", "encoder.onnx");
        var info = JsonDocument.Parse(Succeeds("info", "encoder.onnx", "--json")).RootElement;
        Assert.Equal("6 clips of sounds, and 25 % synthesised sounds", info.GetProperty("trainingData").GetString());
        Succeeds("pretrain", "--data", "sounds", "synth:0.25", "--resume");
        Fails(["pretrain", "--data", "sounds", "synth:1", "--out", "other"], "synth:1, expected synth:S with a share S between 0 and 1");
        Fails(["pretrain", "--data", "synth", "synth:0.5", "--out", "other"], "synth 2 times");
    }

    [Fact]
    public void Settings_come_from_a_file_and_options_override_it()
    {
        SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 4);
        var json = Succeeds("pretrain", "--print-config", "--encoder", "crnn", "--seed", "3", "--precision", "bfloat16");
        File.WriteAllText(_folder.File("asked.json"), json.Replace("\"specAugment\": null", "\"specAugment\": { \"fill\": \"noise\" }", StringComparison.Ordinal));
        string[] options = ["--config", "asked.json", "--epochs", "1", "--seed", "4"];
        Succeeds(["pretrain", "--data", "sounds", "--monitor", "knn", "--out", "first", .. options]);
        Assert.Equal(["", "0"], File.ReadAllLines(_folder.File("first", "curve.csv"))[1].Split(',')[^2..].Select(a => a.Length == 0 ? a : "0"));

        var settings = JsonDocument.Parse(File.ReadAllText(_folder.File("first", "run.json"))).RootElement.GetProperty("settings");
        Assert.Equal(("crnn", 1, 4, "bfloat16"), (
            settings.GetProperty("encoder").GetString(), settings.GetProperty("epochs").GetInt32(),
            settings.GetProperty("seed").GetInt32(), settings.GetProperty("precision").GetString()));
        Assert.Equal("noise", settings.GetProperty("views").GetProperty("specAugment").GetProperty("fill").GetString());
        // A run's own file gives the same settings again, whatever else is in it.
        Assert.Equal(Succeeds(["pretrain", "--print-config", .. options]), Succeeds("pretrain", "--config", "first/run.json", "--print-config"));
        Fails(
            ["pretrain", "--data", "sounds", "--out", "first", "--resume", "--config", "asked.json"],
            "first was started with epochs 1, not 500: leave --config out");
    }

    [Fact]
    public void Interrupted_and_resumed_it_gives_the_encoder_of_an_uninterrupted_run()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "NOT RUN: sends signals.");
        SoundsOnDisk.Synthesise(_folder, classes: 1, clips: 24);
        string[] Pretrain(string run) => ["pretrain", "--data", "sounds", "--epochs", "4", "--batch", "8", "--out", run];
        using (var process = ToolProcess.Start(_folder.Path, Pretrain("stopped")))
        {
            var deadline = Stopwatch.StartNew();
            while (!File.Exists(_folder.File("stopped", "run.json")) && deadline.Elapsed < TimeSpan.FromMinutes(2)) Thread.Sleep(20);
            using var kill = Process.Start("kill", [Signals.Interrupt, process.Id.ToString(CultureInfo.InvariantCulture)]);
            var stopped = ToolProcess.Finish(process);
            Assert.Equal(Signals.ExitCode, stopped.ExitCode);
            Assert.Contains("mlnetser pretrain --data sounds --out stopped --resume", stopped.Error, StringComparison.Ordinal);
        }
        Assert.True(File.Exists(_folder.File("stopped", "checkpoint.safetensors")));
        Succeeds("pretrain", "--data", "sounds", "--out", "stopped", "--resume");
        Succeeds(Pretrain("whole"));
        Succeeds("export", "stopped");
        Succeeds("export", "whole");
        Assert.Equal(File.ReadAllBytes(_folder.File("whole", "encoder.onnx")), File.ReadAllBytes(_folder.File("stopped", "encoder.onnx")));
    }

    [Fact]
    public async Task Tables_hold_paths_labels_and_the_same_numbers_as_csv_and_as_parquet()
    {
        TinyEncoder.Save(_folder.File("tiny.onnx"));
        SoundsOnDisk.Good(_folder.File("my sounds", "dog, big", "1.wav"));
        SoundsOnDisk.Good(_folder.File("my sounds", "cat", "2.wav"));
        foreach (var name in (string[])["e.csv", "e.parquet"])
            Succeeds("embed", "--model", "tiny.onnx", "--data", "my sounds", "--out", name);

        var lines = File.ReadAllLines(_folder.File("e.csv"));
        Assert.StartsWith("path,label,e0,e1,", lines[0], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
        Assert.Contains("\"dog, big\"", lines[2], StringComparison.Ordinal);

        var rows = (await ParquetSerializer.DeserializeAsync<Row>(_folder.File("e.parquet"))).Data;
        Assert.Equal(["cat", "dog, big"], rows.Select(r => r.label));
        Assert.All(rows, r => Assert.EndsWith(".wav", r.path, StringComparison.Ordinal));
        var cat = lines[1].Split(',')[2..].Select(v => float.Parse(v, CultureInfo.InvariantCulture));
        Assert.Equal(cat, rows[0].embedding);
        Assert.Equal(96, rows[1].embedding.Count);
    }

    [Fact]
    public void Evaluation_prints_a_table_per_fold_and_a_confusion_matrix()
    {
        TinyEncoder.Save(_folder.File("tiny.onnx"));
        SoundsOnDisk.Synthesise(_folder, classes: 3, clips: 10);
        var output = Succeeds("evaluate", "--model", "tiny.onnx", "--data", "sounds", "--baselines");
        foreach (var text in (string[])["30 clips, 3 labels, 5 folds", "| fold 5 |", "FastTree", "kNN", "log-mel", "1 bell"])
            Assert.Contains(text, output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output);
    }

    [Fact]
    public void The_demo_ends_with_a_table_and_the_next_command()
    {
        var output = Succeeds("demo", "--epochs", "1", "--clips", "5");
        string[] said = ["encoder.onnx", "classifier.zip", "pretrained encoder", "untrained", "log-mel statistics", "Next: mlnetser "];
        Assert.All(said, text => Assert.Contains(text, output, StringComparison.Ordinal));
        Assert.Equal(16 * 5, Directory.GetFiles(_folder.File("demo", "sounds"), "*.wav", SearchOption.AllDirectories).Length);
        long Size(string name) => new FileInfo(_folder.File("demo", name)).Length;
        // Deflated, but the encoder is in it.
        Assert.InRange(Size("classifier.zip"), Size("encoder.onnx") / 2, long.MaxValue);
    }

    private string Succeeds(params string[] arguments)
    {
        var run = ToolProcess.Run(_folder.Path, arguments);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output;
    }

    private void Fails(string[] arguments, string named)
    {
        var run = ToolProcess.Run(_folder.Path, arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
    }

#pragma warning disable IDE1006, CA1812 // The file's own column names.
    private sealed class Row
    {
        [ParquetRequired]
        public string path { get; set; } = "";

        [ParquetRequired]
        public string label { get; set; } = "";

        [ParquetRequired]
        public List<float> embedding { get; set; } = [];
    }
#pragma warning restore IDE1006, CA1812
}
