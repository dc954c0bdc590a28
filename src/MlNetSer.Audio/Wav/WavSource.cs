namespace MlNetSer.Audio;

/// <summary>Reads the samples of a WAV file; it owns the bytes.</summary>
internal sealed class WavSource(string path, SoundBytes file, WavHeader header) : FrameSource
{
    private const int BlockBytes = 65_536;

    private readonly WavFormat _format = header.Format;
    private readonly WavEncoding _encoding = header.Format.Encoding
        ?? throw new ArgumentException($"{path}: {header.Format.CodecName} is not plain numbers", nameof(header));
    private readonly byte[] _bytes = new byte[Math.Max(1, BlockBytes / header.Format.BytesPerFrame) * header.Format.BytesPerFrame];
    private long _framesRead;

    public override int SampleRate => _format.SampleRate;

    public override int Channels => _format.Channels;

    public override long? Frames => header.Frames;

    public override long ExpectedFrames => header.Frames;

    public override int ReadFrames(Span<float> interleaved)
    {
        var frames = (int)Math.Min(
            Math.Min(interleaved.Length / Channels, _bytes.Length / _format.BytesPerFrame), header.Frames - _framesRead);
        if (frames == 0) return 0;
        var wanted = _bytes.AsSpan(0, frames * _format.BytesPerFrame);
        var position = header.DataStart + (_framesRead * _format.BytesPerFrame);
        var filled = 0;
        while (filled < wanted.Length && file.Read(wanted[filled..], position + filled) is > 0 and var read) filled += read;
        // A file that shrinks while it is read ends there.
        frames = filled / _format.BytesPerFrame;
        PcmSamples.Decode(wanted[..(frames * _format.BytesPerFrame)], _encoding, interleaved);
        _framesRead += frames;
        return frames;
    }

    public override void Dispose() => file.Dispose();
}
