using System.Runtime.InteropServices;

namespace MlNetSer.Audio;

/// <summary>A file that another process decodes; see <see cref="DecoderProcess"/>.</summary>
internal sealed class ProcessSource : FrameSource
{
    private readonly string _path;
    private readonly string _finding;
    private readonly long _frames;
    private DecoderProcess? _process;

    public ProcessSource(string path, string finding, DecoderProcess process)
    {
        (_path, _finding, _process) = (path, finding, process);
        (SampleRate, Channels, _frames) = Exchange(
            questions =>
            {
                questions.Write(Path.GetFullPath(_path));
                questions.Write(_finding);
            },
            (_, answers) => (answers.ReadInt32(), answers.ReadInt32(), answers.ReadInt64()));
    }

    public override int SampleRate { get; }

    public override int Channels { get; }

    public override long? Frames => _frames >= 0 ? _frames : null;

    public override long ExpectedFrames => Math.Min(Frames ?? 0, 1 << 20);

    public override unsafe int ReadFrames(Span<float> interleaved)
    {
        var frames = interleaved.Length / Channels;
        fixed (float* first = interleaved)
        {
            var samples = (nint)first;
            return Exchange(questions => questions.Write(frames), (_, answers) =>
            {
                var count = answers.ReadInt32();
                answers.BaseStream.ReadExactly(MemoryMarshal.AsBytes(new Span<float>((void*)samples, count * Channels)));
                return count;
            });
        }
    }

    public override void Dispose()
    {
        if (_process is not { } process) return;
        _process = null;
        process.Close();
    }

    private T Exchange<T>(Action<BinaryWriter> ask, Func<DecoderWorker.Answer, BinaryReader, T> read)
    {
        ObjectDisposedException.ThrowIf(_process is null, this);
        try
        {
            return _process.Exchange(_path, ask, read);
        }
        catch (SoundFileException)
        {
            // It has said why, and waits for another sound or is no more.
            _process = null;
            throw;
        }
    }
}
