using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using MlNetSer.Audio;
using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using MlNetSer.Training;

namespace MlNetSer.Benchmarks;

/// <summary>
/// What it brings that overlapping patches share the encoder's first layers: the composed model against the front end and then the encoder on patches
/// cut in between. Untrained frame encoder, one thread, waveforms in memory.
/// </summary>
internal static class OverlapPair
{
    private const int Files = 40;

    internal static Pair Create()
    {
        var info = SoundModelInfo.Read(SoundModels.Default);
        var logMel = info.LogMel;
        using var network = SoundEncoders.Create(FrameEncoder.ArchitectureName, seed: 1);
        info = info with { Encoder = network.Architecture, EmbeddingSize = network.EmbeddingSize };
        var encoder = network.ToOnnxModel((OnnxDimension[])["P", 1, logMel.PatchFrames, logMel.MelBands]);
        float[][] waveforms = [.. BenchmarkSounds.Files.Take(Files).Select(file => SoundFile.ReadMono(file, logMel.SampleRate))];
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        var whole = new InferenceSession(SoundEncoderGraph.Compose(encoder, info).ToBytes(), options);
        var front = new InferenceSession(LogMelFrontEnd.Build(logMel).ToBytes(), options);
        var alone = new InferenceSession(encoder.ToBytes(), options);
        return new(
            "overlap", "files/s",
            new("first layers shared", () => Rate(waveforms, waveform => Run(whole, waveform, 1, waveform.Length).Dispose())),
            new("patch by patch", () => Rate(waveforms, waveform => PatchByPatch(front, alone, logMel, waveform))),
            whole, front, alone);
    }

    private static void PatchByPatch(InferenceSession front, InferenceSession encoder, LogMelSettings settings, float[] waveform)
    {
        using var frames = Run(front, waveform, 1, waveform.Length);
        var logMel = frames[0].GetTensorDataAsSpan<float>();
        var patches = (int)settings.PatchCount(waveform.Length);
        var patch = settings.PatchFrames * settings.MelBands;
        var cut = new float[patches * patch];
        for (var i = 0; i < patches; i++)
        {
            var start = Math.Min(i * settings.PatchHop * settings.MelBands, logMel.Length - patch);
            logMel.Slice(start, patch).CopyTo(cut.AsSpan(i * patch));
        }
        Run(encoder, cut, patches, 1, settings.PatchFrames, settings.MelBands).Dispose();
    }

    private static IDisposableReadOnlyCollection<OrtValue> Run(InferenceSession session, float[] values, params long[] shape)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(values, shape);
        using var options = new RunOptions();
        return session.Run(options, [session.InputMetadata.Keys.First()], [input], [session.OutputMetadata.Keys.First()]);
    }

    private static double Rate(float[][] waveforms, Action<float[]> embed)
    {
        var watch = Stopwatch.StartNew();
        foreach (var waveform in waveforms) embed(waveform);
        return waveforms.Length / watch.Elapsed.TotalSeconds;
    }
}
