using System.Buffers.Binary;
using System.Text;

namespace MlNetSer.Training;

/// <summary>A window of a checkpoint file, read forwards. Nothing outside it is read, and nothing longer than it is allocated.</summary>
internal sealed class CheckpointReader
{
    private readonly Stream stream;
    private readonly string path;
    private readonly long start;
    private long position;

    /// <summary>The whole of <paramref name="stream"/>, which must seek.</summary>
    public CheckpointReader(Stream stream, string path)
        : this(stream, path, 0, stream.Length)
    {
    }

    private CheckpointReader(Stream stream, string path, long start, long end)
    {
        (this.stream, this.path, this.start, End) = (stream, path, start, end);
        position = start;
    }

    /// <summary>Bytes of the whole file.</summary>
    public long FileLength => stream.Length;

    /// <summary>The byte of the file after the window's last.</summary>
    public long End { get; }

    /// <summary>The byte of the file that is read next.</summary>
    /// <exception cref="TorchCheckpointException">The new position lies outside the window.</exception>
    public long Position
    {
        get => position;
        set
        {
            if (value < start || value > End) throw Fail($"points to byte {value}, outside {start} to {End}");
            position = value;
        }
    }

    /// <summary>A reader of its own position over a part of this window.</summary>
    public CheckpointReader Window(long offset, long length)
    {
        if (offset < start || length < 0 || offset > End || length > End - offset)
            throw Fail($"{length} bytes from byte {offset} lie outside {start} to {End}");
        return new CheckpointReader(stream, path, offset, offset + length);
    }

    public byte ReadByte()
    {
        Span<byte> value = stackalloc byte[1];
        Fill(value);
        return value[0];
    }

    public ushort ReadUInt16()
    {
        Span<byte> value = stackalloc byte[2];
        Fill(value);
        return BinaryPrimitives.ReadUInt16LittleEndian(value);
    }

    public int ReadInt32()
    {
        Span<byte> value = stackalloc byte[4];
        Fill(value);
        return BinaryPrimitives.ReadInt32LittleEndian(value);
    }

    public uint ReadUInt32() => (uint)ReadInt32();

    public long ReadInt64()
    {
        Span<byte> value = stackalloc byte[8];
        Fill(value);
        return BinaryPrimitives.ReadInt64LittleEndian(value);
    }

    public double ReadDoubleBigEndian()
    {
        Span<byte> value = stackalloc byte[8];
        Fill(value);
        return BinaryPrimitives.ReadDoubleBigEndian(value);
    }

    /// <summary>As many bytes as a length in the file says, once it is sure that they are there.</summary>
    public byte[] ReadBytes(long count)
    {
        CheckRemaining(count);
        if (count > Array.MaxLength) throw Fail($"{count} bytes in one piece, more than the {Array.MaxLength} that can be read");
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    /// <summary>A text of <paramref name="count"/> bytes of UTF-8.</summary>
    public string ReadText(long count)
    {
        var at = position;
        var bytes = ReadBytes(count);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw FailAt(at, "a text is not UTF-8");
        }
    }

    /// <summary>A text up to a line feed, which is read too.</summary>
    public string ReadLine()
    {
        const int longest = 256;
        var at = position;
        var length = 0;
        while (ReadByte() != (byte)'\n')
            if (++length > longest) throw FailAt(at, $"a line is longer than {longest} bytes");
        Position = at;
        var line = ReadText(length);
        Position++;
        return line;
    }

    public void Skip(long count)
    {
        CheckRemaining(count);
        position += count;
    }

    public void Fill(Span<byte> bytes)
    {
        CheckRemaining(bytes.Length);
        if (stream.Position != position) stream.Position = position;
        stream.ReadExactly(bytes);
        position += bytes.Length;
    }

    /// <summary>The exception that says what is wrong here.</summary>
    public TorchCheckpointException Fail(string reason) => FailAt(position, reason);

    /// <summary>The exception that says what is wrong at a byte of the file.</summary>
    public TorchCheckpointException FailAt(long offset, string reason) => new(path, $"{reason} (at byte {offset})");

    /// <summary>A text of the file as it may stand in a message: short, without control characters.</summary>
    public static string Quote(string text)
    {
        const int longest = 80;
        var shown = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, longest))) shown.Append(char.IsControl(c) ? '?' : c);
        return $"'{shown}{(text.Length > longest ? "..." : "")}'";
    }

    private static UTF8Encoding StrictUtf8 { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private void CheckRemaining(long count)
    {
        if (count < 0 || count > End - position) throw Fail($"ends early: {count} bytes expected, {End - position} left");
    }
}
