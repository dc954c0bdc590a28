using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MlNetSer.Cli;

/// <summary>
/// What is embedded so far of a table that is being made: a file beside it, which is gone once the table is there. Whatever ends the process, the next one that makes
/// the table with the same model goes on from it.
/// </summary>
/// <remarks>It only saves work: where it cannot be written, or not be read, all is embedded as if there were none. Several threads may use it.</remarks>
internal sealed class EmbeddingJournal : IDisposable
{
    /// <summary>What the journal's name ends in.</summary>
    internal const string Extension = ".progress";

    /// <summary>Length and checksum of the record that follows.</summary>
    internal const int HeadSize = sizeof(int) + sizeof(ulong);

    private readonly Dictionary<string, (string Content, long Start, int Length)> _kept = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly string _path;
    private FileStream? _stream;
    private long _end;

    /// <summary>Opens the journal, and forgets what it has of another model or another build of the tool.</summary>
    /// <param name="path">The journal.</param>
    /// <param name="wanted">What its embeddings have in common: the model, and what is asked of it.</param>
    public EmbeddingJournal(string path, string wanted)
    {
        _path = path;
        try
        {
            // Of two processes that make the same table, one has the journal. Without a buffer, which would go with a process that is killed.
            _stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            var title = TitleOf(wanted);
            var found = new byte[title.Length];
            if (_stream.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) == found.Length && found.AsSpan().SequenceEqual(title)) Read(title.Length);
            else _stream.SetLength(0);
            if (_kept.Count == 0)
            {
                _stream.SetLength(0);
                _stream.Write(title);
                _end = title.Length;
            }
            // A process that was killed may have left a piece of a record.
            _stream.SetLength(_end);
            _stream.Position = _end;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GiveUp();
        }
    }

    /// <summary>How many embeddings were there when it was opened.</summary>
    public int Kept => _kept.Count;

    /// <summary>How many were added since.</summary>
    public int Added { get; private set; }

    /// <summary>What a journal begins with.</summary>
    internal static byte[] TitleOf(string wanted) =>
        Encoding.UTF8.GetBytes($"embeddings in progress 1 {typeof(EmbeddingJournal).Assembly.ManifestModule.ModuleVersionId} {wanted}\n");

    /// <summary>What was kept of a sound, or null if nothing was, or it has another content now.</summary>
    public byte[]? Find(string sound, string content)
    {
        if (!_kept.TryGetValue(sound, out var kept) || kept.Content != content || _stream is not { } stream) return null;
        try
        {
            var body = new byte[kept.Length];
            return RandomAccess.Read(stream.SafeFileHandle, body, kept.Start) == body.Length ? body : null;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Keeps something of a sound.</summary>
    public void Add(string sound, string content, ReadOnlySpan<byte> body)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(new byte[HeadSize]);
            writer.Write(sound);
            writer.Write(content);
            writer.Write(body);
        }
        var record = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - HeadSize);
        BinaryPrimitives.WriteUInt64LittleEndian(record[sizeof(int)..], Checksum(record[HeadSize..]));
        lock (_lock)
        {
            try
            {
                _stream?.Write(record);
                Added++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The table may need the room.
                GiveUp();
            }
        }
    }

    /// <summary>Says what a run that was stopped has left.</summary>
    public void Welcome(Screen screen)
    {
        if (Kept > 0) screen.Note($"{Kept} embeddings are there from a run that was stopped.");
    }

    /// <summary>Says what a run that is stopped leaves.</summary>
    public void Announce(Screen screen)
    {
        if (_stream is not null && Kept + Added > 0) screen.Note($"{Kept + Added} embeddings are kept: the same command goes on from there.");
    }

    /// <summary>The table is there: the journal goes.</summary>
    public void Finish()
    {
        lock (_lock) GiveUp();
    }

    /// <summary>Closes it; the file stays if anything is in it.</summary>
    public void Dispose()
    {
        if (Kept + Added == 0) Finish();
        try
        {
            _stream?.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is missing at its end is embedded once more.
        }
    }

    private void Read(long start)
    {
        _end = start;
        var head = new byte[HeadSize];
        while (_stream!.ReadAtLeast(head, HeadSize, throwOnEndOfStream: false) == HeadSize)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(head);
            if (length <= 0 || length > _stream.Length - _end - HeadSize) return;
            var record = new byte[length];
            _stream.ReadExactly(record);
            if (Checksum(record) != BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(sizeof(int)))) return;
            using var reader = new BinaryReader(new MemoryStream(record), Encoding.UTF8);
            try
            {
                var (sound, content) = (reader.ReadString(), reader.ReadString());
                var body = (int)reader.BaseStream.Position;
                _kept[sound] = (content, _end + HeadSize + body, length - body);
            }
            catch (Exception e) when (e is FormatException or IOException)
            {
                // A right checksum, but not this program's writing.
                return;
            }
            _end += HeadSize + length;
        }
    }

    internal static ulong Checksum(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(bytes));

    private void GiveUp()
    {
        var stream = _stream;
        _stream = null;
        if (stream is null) return;
        try
        {
            File.Delete(_path);
            stream.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is read as far as it is whole, and does no harm.
        }
    }
}
