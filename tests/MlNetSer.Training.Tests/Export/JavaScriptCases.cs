using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using MlNetSer.Audio;
using MlNetSer.Onnx;
using MlNetSer.Testing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

/// <summary>One output of one model for one clip, as every runtime reports it.</summary>
public sealed record RuntimeOutput(string Model, string Clip, string Output, long[] Shape, float[] Values)
{
    public string Name => $"{Model}, {Clip}, {Output}";
}

/// <summary>
/// A folder of exported encoders and clips for other runtimes, and what ONNX Runtime in C# makes of them. Filled when a test first asks.
/// </summary>
public sealed class JavaScriptCases : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<RuntimeOutput[]> _expected;

    public JavaScriptCases() => _expected = new(Write);

    public string Folder => _folder.Path;

    /// <summary>The outputs in C#: by model, clip and output in the order of their names in the folder's cases.json and in the model.</summary>
    public RuntimeOutput[] Expected => _expected.Value;

    /// <summary>A sound as it was recorded; absent where the shared data are.</summary>
    public static string? RealClip { get; } = SharedData.Root is { } shared
        ? Path.Combine(shared, "data", "esc10", "audio", "1-100032-A-0.ogg")
        : null;

    public void Dispose() => _folder.Dispose();

    private RuntimeOutput[] Write()
    {
        var clips = Clips();
        foreach (var (name, waveform) in clips) File.WriteAllBytes(_folder.File($"{name}.f32"), MemoryMarshal.AsBytes<float>(waveform));
        var names = new { models = SoundEncoders.Names, clips = clips.Select(clip => clip.Name) };
        File.WriteAllText(_folder.File("cases.json"), JsonSerializer.Serialize(names));
        var outputs = new List<RuntimeOutput>();
        foreach (var architecture in SoundEncoders.Names)
        {
            using var session = Export(architecture);
            outputs.AddRange(clips.SelectMany(clip => Run(session, architecture, clip.Name, clip.Waveform)));
        }
        return [.. outputs];
    }

    private static List<(string Name, float[] Waveform)> Clips()
    {
        List<(string, float[])> clips =
        [
            ("empty", []),
            ("0.1s", TestSounds.Waveform(1, 0.1)),
            ("1s", TestSounds.Waveform(2, 1)),
            ("5s", TestSounds.Waveform(3, 5)),
        ];
        if (RealClip is not null) clips.Add(("dog", SoundFile.ReadMono(RealClip, TestSounds.Rate)));
        return clips;
    }

    private InferenceSession Export(string architecture)
    {
        using var encoder = SoundEncoders.Create(architecture, seed: 5);
        FillStatistics(encoder);
        var info = new SoundModelInfo
        {
            Name = architecture,
            Encoder = architecture,
            EmbeddingSize = encoder.EmbeddingSize,
            Normalisation = new(-2, 1.5f),
        };
        var path = _folder.File($"{architecture}.onnx");
        EncoderExport.ToModel(encoder, info).Save(path);
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, IntraOpNumThreads = 1 };
        return new InferenceSession(path, options);
    }

    /// <summary>As training would. With the statistics it is made with, an encoder hardly tells two sounds apart.</summary>
    private static void FillStatistics(SoundEncoder encoder)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var norm in encoder.modules().OfType<NormBase>()) norm.momentum = 1;
        encoder.train();
        encoder.call(randn([8, 1, 101, 96], generator: new Generator(7)));
    }

    private static IEnumerable<RuntimeOutput> Run(InferenceSession session, string model, string clip, float[] waveform)
    {
        string[] names = ["embedding", "patch_embeddings"];
        using var input = OrtValue.CreateTensorValueFromMemory(waveform, [1, waveform.Length]);
        using var run = new RunOptions();
        using var values = session.Run(run, ["waveform"], [input], names);
        return [.. names.Zip(values, (name, value) =>
            new RuntimeOutput(model, clip, name, value.GetTensorTypeAndShape().Shape, value.GetTensorDataAsSpan<float>().ToArray()))];
    }
}
