using System.Diagnostics;
using MlNetSer.Onnx;
using MlNetSer.Training;

namespace MlNetSer.Benchmarks;

/// <summary>From Ogg files to embeddings of an untrained VGG-like encoder on one thread, against the same steps in Python one after the other.</summary>
internal static class PeerEmbedPair
{
    private const int Files = 100;
    private const int Batch = 32;

    internal static Pair Of(EncoderArithmetic arithmetic)
    {
        using var network = SoundEncoders.Create(VggEncoder.ArchitectureName, seed: 1);
        var info = SoundModelInfo.Read(SoundModels.Default) with { Encoder = network.Architecture, EmbeddingSize = network.EmbeddingSize };
        var embedder = new SoundEmbedder(EncoderExport.ToModel(network, info, arithmetic: arithmetic).ToBytes());
        var folder = Path.GetDirectoryName(BenchmarkSounds.Files[0])!;
        string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Take(Files)];
        // All clips have the same length, about 5 seconds.
        var clip = SoundClip.Of(files[0], info.LogMel);
        return new(
            Name(arithmetic), "files/s",
            new("SoundEmbedder.EmbedFiles, 1 thread", () => Rate(embedder, files)),
            new("soundfile, SciPy, torchaudio, PyTorch, 1 thread", () => PeerRate(folder, clip)),
            embedder);
    }

    internal static string Name(EncoderArithmetic arithmetic) => arithmetic is EncoderArithmetic.Int8 ? "embed-peer-int8" : "embed-peer";

    private static double Rate(SoundEmbedder embedder, string[] files)
    {
        var watch = Stopwatch.StartNew();
        var embedded = embedder.EmbedFiles(files, threads: 1).Count(result => result.Vector is not null);
        if (embedded != files.Length) throw new InvalidOperationException($"{embedded} of {files.Length} files were embedded");
        return files.Length / watch.Elapsed.TotalSeconds;
    }

    private static double PeerRate(string folder, SoundClip clip) => 1 / (
        (clip.Seconds / Peer.FrontEnd(folder)["decode + resample + log-mel"]) + (clip.Patches / Peer.Patches(VggEncoder.ArchitectureName, Batch)));

    private sealed record SoundClip(double Seconds, double Patches)
    {
        public static SoundClip Of(string file, LogMelSettings settings)
        {
            var samples = Audio.SoundFile.ReadMono(file, settings.SampleRate).Length;
            return new((double)samples / settings.SampleRate, settings.PatchCount(samples));
        }
    }
}
