using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MlNetSer.Audio;
using MlNetSer.Onnx;

namespace MlNetSer.Training;

/// <summary>Decodes sound files in parallel, runs the front end on them and hands their spectrograms over in the files' order.</summary>
internal sealed class LogMelCacheBuilder(LogMelSettings settings, SoundSession frontEnd)
{
    /// <summary>Longer recordings become several clips, so that both patches of a pair come from about the same time.</summary>
    private const int LongestClipSeconds = 60;

    private readonly List<CachedClip> _clips = [];
    private readonly List<UnreadableFile> _unreadable = [];
    private double _sum;
    private double _sumOfSquares;
    private long _frames;

    /// <summary>Computes all spectrograms.</summary>
    /// <exception cref="RunException">More than a tenth of the files cannot be read.</exception>
    public LogMelCacheIndex Fill(
        string key,
        IReadOnlyList<string> files,
        Action<ReadOnlySpan<byte>> append,
        IProgress<LogMelCacheProgress>? progress,
        CancellationToken cancellation)
    {
        var done = 0;
        foreach (var file in OrderedReadAhead.Select(files, Decode, Environment.ProcessorCount, cancellation))
        {
            Append(file, append);
            done++;
            if (_unreadable.Count * 10 > files.Count) throw TooManyUnreadable(files.Count, done);
            progress?.Report(new LogMelCacheProgress(done, files.Count, _unreadable.Count));
        }
        var count = (double)_frames * settings.MelBands;
        var mean = _sum / count;
        return new LogMelCacheIndex(key, settings, mean, Math.Sqrt(Math.Max(0, _sumOfSquares / count - mean * mean)), _clips, _unreadable);
    }

    private Decoded Decode(string path, CancellationToken cancellation)
    {
        var clips = new List<Half[]>();
        var (sum, sumOfSquares) = (0.0, 0.0);
        try
        {
            foreach (var waveform in Clips(path, cancellation))
            {
                clips.Add(frontEnd.Run(waveform, [], LogMelFrontEnd.LogMel, output =>
                {
                    var logMel = output.GetTensorDataAsSpan<float>();
                    foreach (var value in logMel)
                    {
                        sum += value;
                        sumOfSquares += (double)value * value;
                    }
                    var half = new Half[logMel.Length];
                    TensorPrimitives.ConvertToHalf(logMel, half);
                    return half;
                }, cancellation));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Decoded(path, [], 0, 0, e.Message);
        }
        return new Decoded(path, clips, sum, sumOfSquares, clips.Count == 0 ? $"{path}: holds no samples; expected some sound" : null);
    }

    private IEnumerable<float[]> Clips(string path, CancellationToken cancellation)
    {
        using var reader = SoundFile.Open(path, settings.SampleRate);
        var buffer = new float[LongestClipSeconds * settings.SampleRate];
        for (var isFirst = true; ; isFirst = false)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = reader.Read(buffer);
            if (count == 0 || (!isFirst && count < settings.MinimumSamples)) yield break;
            yield return buffer[..count];
        }
    }

    private void Append(Decoded file, Action<ReadOnlySpan<byte>> append)
    {
        if (file.Problem is { } problem) _unreadable.Add(new UnreadableFile(file.Path, problem));
        foreach (var clip in file.Clips)
        {
            append(MemoryMarshal.AsBytes<Half>(clip));
            var frames = clip.Length / settings.MelBands;
            _clips.Add(new CachedClip(file.Path, _frames, frames));
            _frames += frames;
        }
        _sum += file.Sum;
        _sumOfSquares += file.SumOfSquares;
    }

    private RunException TooManyUnreadable(int files, int tried) => new(
        $"{_unreadable.Count} of the first {tried} sound files (of {files}) cannot be read, more than a tenth of all. The first: "
        + _unreadable[0].Reason);

    private sealed record Decoded(string Path, List<Half[]> Clips, double Sum, double SumOfSquares, string? Problem);
}
