namespace MlNetSer.Cli;

/// <summary>Several files read as if they were one.</summary>
internal sealed class VolumeStream : Stream
{
    private readonly FileStream[] _volumes;
    private readonly long[] _starts;

    public VolumeStream(IReadOnlyList<string> paths)
    {
        _volumes = new FileStream[paths.Count];
        _starts = new long[paths.Count];
        try
        {
            for (var i = 0; i < paths.Count; i++)
            {
                _volumes[i] = File.OpenRead(paths[i]);
                _starts[i] = Length;
                Length += _volumes[i].Length;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Volumes => _volumes.Length;

    public override long Length { get; }

    public override long Position { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    /// <summary>Where a volume begins.</summary>
    public long StartOf(int volume) => _starts[volume];

    public override int Read(Span<byte> buffer)
    {
        if (Position >= Length || buffer.IsEmpty) return 0;
        var at = Array.FindLastIndex(_starts, start => start <= Position);
        _volumes[at].Position = Position - _starts[at];
        var count = _volumes[at].Read(buffer);
        Position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Current => Position,
        SeekOrigin.End => Length,
        _ => 0,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        foreach (var volume in _volumes) volume?.Dispose();
        base.Dispose(disposing);
    }
}
