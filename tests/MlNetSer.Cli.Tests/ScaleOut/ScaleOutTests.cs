using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;
using MlNetSer.Audio;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>Scripts and settings under notebooks/scale-out: run where that is possible here, and else checked for what they say.</summary>
public sealed partial class ScaleOutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Scripts =>
        [.. Files("*").Where(f => File.ReadLines(f).FirstOrDefault() == "#!/usr/bin/env bash").Select(f => Path.GetRelativePath(Pages(), f))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Shell_scripts_pass_shellcheck(string script)
    {
        OtherProgram.Require("shellcheck", "shellcheck");
        OtherProgram.Succeeds("shellcheck", Pages(script));
    }

    [Fact]
    public void GNU_parallel_embeds_an_archive()
    {
        OtherProgram.Require("parallel", "parallel");
        var sounds = SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 4);
        var model = _folder.File("tiny.onnx");
        TinyEncoder.Save(model);
        var said = OtherProgram.Succeeds(
            Pages("parallel", "embed.sh"), OtherProgram.WithTool(_folder), [sounds, _folder.File("parts"), "2", "--model", model]);
        Assert.Contains("2 of 2 parts: 8 sounds, 8 embeddings of 96 numbers, 0 unreadable", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Slurm_array_survives_a_killed_task_and_a_drained_node()
    {
        OtherProgram.Require("slurmctld slurmd slurm-client munge iproute2", "slurmctld", "slurmd", "sbatch", "munged", "ss");
        Assert.SkipUnless(Environment.UserName == "root", "NOT RUN: only root starts a Slurm.");
        // Enough for a part to take long enough that a task can be killed in the middle of it.
        var sounds = SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 20);
        var said = OtherProgram.Succeeds(Pages("slurm", "verify.sh"), OtherProgram.WithTool(_folder), [sounds, "2", "1"]);
        Assert.Contains("n2=drain", said, StringComparison.Ordinal);
        Assert.Contains("3 starts, 2 parts written, each once; started again: ", said, StringComparison.Ordinal);
        Assert.Contains("the same array once more found everything finished", said, StringComparison.Ordinal);
        Assert.Contains("bytes) is the one of a single process", said, StringComparison.Ordinal);
    }

    [Fact]
    public void The_Kubernetes_job_says_how_many_parts_there_are_and_asks_for_what_the_tool_understands()
    {
        OtherProgram.RequirePython("python3-yaml", "yaml");
        var job = JsonDocument.Parse(OtherProgram.Succeeds(
            OtherProgram.Python, "-c", "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))", Pages("kubernetes", "job.yaml"))).RootElement;
        var spec = job.GetProperty("spec");
        Assert.Equal(("batch/v1", "Job", "Indexed"), (Text(job, "apiVersion"), Text(job, "kind"), Text(spec, "completionMode")));
        var container = Assert.Single(spec.GetProperty("template").GetProperty("spec").GetProperty("containers").EnumerateArray());
        var variable = Assert.Single(container.GetProperty("env").EnumerateArray());
        Assert.Equal("JOB_COMPLETIONS", Text(variable, "name"));
        Assert.Equal(spec.GetProperty("completions").GetInt32().ToString(), Text(variable, "value"));
        // There is no such archive here, but the command line is understood.
        var arguments = container.GetProperty("args").EnumerateArray().Select(a => a.GetString()!).ToArray();
        Assert.Contains("'/archive/archive.csv' does not exist", InProcess.Fails(arguments), StringComparison.Ordinal);
    }

    [Fact]
    public void Python_compiles_and_reads_sounds_as_the_tool_does()
    {
        OtherProgram.RequirePython("python3-onnx", "numpy");
        foreach (var script in Files("*.py")) Compile(File.ReadAllText(script));
        foreach (var page in Files("*.md"))
            foreach (Match block in PythonBlock().Matches(File.ReadAllText(page))) Compile(Regex.Replace(block.Groups[1].Value, "^  ", "", RegexOptions.Multiline));

        var path = _folder.File("clip.wav");
        SoundsOnDisk.Good(path);
        const string Read = "import json, sys; sys.path.insert(0, sys.argv[1]); import embed; print(json.dumps(embed.read_wav(open(sys.argv[2], 'rb').read())))";
        var samples = JsonSerializer.Deserialize<float[]>(OtherProgram.Succeeds(OtherProgram.Python, "-B", "-c", Read, Pages("spark"), path));
        Assert.Equal(SoundFile.ReadMono(path, 22_050), samples);

        static void Compile(string code) => OtherProgram.Succeeds(OtherProgram.Python, "-c", "import ast, sys; ast.parse(sys.argv[1])", code);
    }

    [Fact]
    public void Tritons_model_gives_each_waveform_of_a_batch_what_the_encoder_gives()
    {
        OtherProgram.RequirePython("python3-onnx", "onnx");
        var model = _folder.File("tiny.onnx");
        TinyEncoder.Save(model);
        var batched = _folder.File("batched.onnx");
        OtherProgram.Succeeds(OtherProgram.Python, Pages("triton", "make-repository.py"), model, batched);
        if (OnnxChecker.Instance is { } checker) Assert.Null(checker.CheckFile(batched));

        var random = new Random(1);
        float[] waveforms = [.. Enumerable.Range(0, 3 * 30_000).Select(_ => random.NextSingle() - 0.5f)];
        using var embedder = new SoundEmbedder(model);
        using var session = new InferenceSession(batched);
        using var input = OrtValue.CreateTensorValueFromMemory(waveforms, [3, 30_000]);
        using var outputs = session.Run(new RunOptions(), ["waveforms"], [input], ["embeddings"]);
        var embeddings = outputs[0].GetTensorDataAsSpan<float>();
        Assert.Equal([3, 96], outputs[0].GetTensorTypeAndShape().Shape);
        for (var i = 0; i < 3; i++)
            Assert.Equal(embedder.Embed(waveforms.AsSpan(i * 30_000, 30_000)), embeddings.Slice(96 * i, 96).ToArray(), (a, b) => MathF.Abs(a - b) < 1e-5f);
    }

    [Fact]
    public void Tritons_settings_are_protobuf_text()
    {
        OtherProgram.Require("protobuf-compiler", "protoc");
        var protos = Repository.File("tests", "MlNetSer.Cli.Tests", "ScaleOut");
        var settings = Pages("triton", "sound_embedding", "config.pbtxt");
        OtherProgram.Succeeds("bash", "-c", "protoc --proto_path=\"$1\" --encode=inference.ModelConfig triton.proto < \"$2\" > /dev/null", "bash", protos, settings);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static string Pages(params string[] relative) => Repository.File(["notebooks", "scale-out", .. relative]);

    private static IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(Pages(), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"^ *```python\n(.*?)^ *```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex PythonBlock();
}
