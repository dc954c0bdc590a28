using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetSer.Audio;

/// <summary>
/// A sound file as a stream of mono samples, nominally in [-1, 1]: the average of its channels, resampled if another rate was asked for.
/// Only some thousand samples lie in memory at a time, however long the file. Open one with <see cref="SoundFile.Open(string)"/>.
/// </summary>
/// <remarks>Not thread-safe: one thread at a time reads from it. Any number of readers may be open at once.</remarks>
public sealed class SoundReader : IDisposable
{
    // With it, what is resampled stays below the size from which the garbage collector treats an array as a large one.
    private const int BlockFrames = 8_192;

    /// <summary>Resampling sums some thousand samples: those above the largest float divided by this are no sound.</summary>
    private const float Headroom = 1e8f;

    private readonly FrameSource _source;
    private readonly Resampler? _resampler;
    private readonly float[] _block;
    private readonly float[] _interleaved;
    private long _framesRead;
    private bool _disposed;

    internal SoundReader(string path, FrameSource source, int? sampleRate)
    {
        Path = path;
        _source = source;
        SampleRate = sampleRate ?? source.SampleRate;
        if (SampleRate != source.SampleRate)
        {
            _resampler = new Resampler(source.SampleRate, SampleRate);
            _block = new float[BlockFrames];
        }
        else
        {
            _block = [];
        }
        _interleaved = Channels == 1 ? [] : new float[Math.Max(1, BlockFrames / Channels) * Channels];
    }

    /// <summary>The file, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>Samples a second of what <see cref="Read"/> gives, in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>The number of channels in the file.</summary>
    public int Channels => _source.Channels;

    /// <summary>
    /// The number of samples that <see cref="Read"/> will give in all, going by what the file declares, or null if it declares nothing.
    /// A damaged compressed file may hold fewer.
    /// </summary>
    public long? Frames => _source.Frames is { } frames ? Resampled(frames) : null;

    /// <inheritdoc cref="FrameSource.ExpectedFrames"/>
    internal long ExpectedFrames => Resampled(_source.ExpectedFrames);

    /// <summary>Reads the next samples.</summary>
    /// <param name="mono">Filled from its start.</param>
    /// <returns>The number of samples read: less than asked for only at the end of the sound, 0 once all has been read.</returns>
    /// <exception cref="SoundFileException">A sample is NaN or infinite, or the file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ObjectDisposedException">The reader has been disposed of.</exception>
    public int Read(Span<float> mono)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_resampler is null) return ReadSource(mono);
        var done = 0;
        while (done < mono.Length)
        {
            var ready = _resampler.Read(mono[done..]);
            done += ready;
            if (ready > 0) continue;
            if (_resampler.IsCompleted) break;
            var count = ReadSource(_block);
            if (count > 0) _resampler.Append(_block.AsSpan(0, count));
            else _resampler.Complete();
        }
        return done;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _source.Dispose();
    }

    private long Resampled(long frames) => Resampler.OutputLength(frames, _source.SampleRate, SampleRate);

    private int ReadSource(Span<float> mono)
    {
        var done = 0;
        while (done < mono.Length)
        {
            var count = Channels == 1 ? _source.ReadFrames(mono[done..]) : ReadAverage(mono[done..]);
            if (count == 0) break;
            CheckFinite(mono.Slice(done, count));
            done += count;
            _framesRead += count;
        }
        return done;
    }

    private int ReadAverage(Span<float> mono)
    {
        var frames = Math.Min(mono.Length, _interleaved.Length / Channels);
        var count = _source.ReadFrames(_interleaved.AsSpan(0, frames * Channels));
        if (Channels == 2)
        {
            var pairs = MemoryMarshal.Cast<float, (float Left, float Right)>(_interleaved.AsSpan(0, 2 * count));
            for (var i = 0; i < pairs.Length; i++) mono[i] = (pairs[i].Left + pairs[i].Right) * 0.5f;
            return count;
        }
        for (var i = 0; i < count; i++)
        {
            var sum = 0f;
            foreach (var sample in _interleaved.AsSpan(i * Channels, Channels)) sum += sample;
            mono[i] = sum / Channels;
        }
        return count;
    }

    private void CheckFinite(ReadOnlySpan<float> mono)
    {
        // Zero times a sample is zero, unless it is NaN or infinite, or becomes so here as it could in a filter.
        var zeros = Vector<float>.Zero;
        var i = 0;
        for (; i <= mono.Length - Vector<float>.Count; i += Vector<float>.Count)
            zeros += new Vector<float>(mono[i..]) * Headroom * 0f;
        if (zeros != Vector<float>.Zero) i = 0;
        for (; i < mono.Length; i++)
        {
            if (float.IsFinite(mono[i] * Headroom)) continue;
            var found = float.IsNaN(mono[i]) ? "NaN" : float.IsInfinity(mono[i]) ? "infinite" : mono[i].ToString(CultureInfo.InvariantCulture);
            throw new SoundFileException(Path, $"the sample at frame {_framesRead + i} is {found}; expected finite numbers, nominally from -1 to 1");
        }
    }
}
