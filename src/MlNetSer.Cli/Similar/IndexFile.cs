using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;

namespace MlNetSer.Cli;

/// <summary>
/// A Parquet file with a column of embeddings: a part, a merged file, a table of <c>embed</c>, or another program's. Groups of rows may be
/// read by several threads at once.
/// </summary>
internal sealed class IndexFile : IDisposable
{
    /// <summary>More than any page's head takes: the least and the largest value are the longest things in it.</summary>
    private const int LongestHead = 1024;

    private readonly SafeFileHandle _bytes;
    private readonly ParquetReader _parquet;

    /// <summary>Decoding moves the file's one stream; embeddings that lie there as they are do not go through it.</summary>
    private readonly Lock _reading = new();
    private readonly DataField _embedding;

    public IndexFile(string path)
    {
        Path = path;
        _parquet = PartReader.Reading(path, () => PartReader.OpenAsync(path));
        _bytes = File.OpenHandle(path);
        _embedding = _parquet.Schema.DataFields.FirstOrDefault(f => f.Path.FirstPart == "embedding" && f.MaxRepetitionLevel == 1 && f.ClrType == typeof(float))
            ?? throw new Failure($"{path} has no column 'embedding' of lists of floats: its columns are {string.Join(", ", _parquet.Schema.Fields.Select(f => f.Name))}.");
    }

    public string Path { get; }

    public int Groups => _parquet.RowGroupCount;

    /// <summary>The encoder's name and the SHA-256 of its file, or null where the file does not say.</summary>
    public (string Name, string Hash)? Model => EncoderIdentity.FromMetadata(_parquet.CustomMetadata);

    public int Rows(int group) => (int)_parquet.RowGroups[group].RowCount;

    /// <summary>A column of strings, all null where there is no such column.</summary>
    public string?[] Texts(int group, string column)
    {
        var texts = new string?[Rows(group)];
        if (_parquet.Schema.DataFields.FirstOrDefault(f => f.Path.ToString() == column && f.ClrType == typeof(ReadOnlyMemory<char>)) is not { } field) return texts;
        lock (_reading)
        {
            return PartReader.Reading(Path, async () =>
            {
                await _parquet.OpenRowGroupReader(group).ReadAsync(field, texts!, null, CancellationToken.None).ConfigureAwait(false);
                return texts;
            });
        }
    }

    /// <summary>Where the group's embeddings lie in the file as they are, or null if they have to be decoded.</summary>
    /// <param name="group">The group.</param>
    /// <param name="size">Length of an embedding.</param>
    public IReadOnlyList<(long Offset, int Count)>? PlainEmbeddings(int group, int size) => PartReader.Reading(Path, () => Task.FromResult(PlainRuns(group, size)));

    /// <summary>Reads embeddings that lie in the file as they are.</summary>
    public void Read(long offset, Span<float> embeddings)
    {
        var bytes = MemoryMarshal.AsBytes(embeddings);
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(_bytes, bytes, offset);
            if (read == 0) throw new Failure($"{Path} ends in the middle of an embedding.");
            bytes = bytes[read..];
            offset += read;
        }
    }

    /// <summary>Decodes the group's embeddings; null where a row has none.</summary>
    public float[]?[] Decode(int group)
    {
        lock (_reading)
        {
            return PartReader.Reading(Path, async () =>
            {
                var rows = await ListColumn<float>.Read(_parquet.OpenRowGroupReader(group), _embedding, CancellationToken.None).ConfigureAwait(false);
                return rows.Select(row => row is [var embedding] ? embedding : null).ToArray();
            });
        }
    }

    public void Dispose()
    {
        _bytes.Dispose();
        _parquet.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private List<(long Offset, int Count)>? PlainRuns(int group, int size)
    {
        // Other programs' lists need not be of one length.
        if (Model is null) return null;
        if (_parquet.RowGroups[group].GetMetadata(_embedding)?.MetaData is not { Codec: CompressionCodec.UNCOMPRESSED } column) return null;
        var runs = new List<(long, int)>();
        var head = new byte[LongestHead];
        var at = column.DataPageOffset;
        for (var values = 0L; values < column.NumValues;)
        {
            var read = RandomAccess.Read(_bytes, head, at);
            var page = PageHeader.Read(head.AsSpan(0, read));
            if (!page.IsPlain || page.Values <= 0) return null;
            var begin = at + page.Length;
            var end = begin + page.Size;
            // Repetition and definition levels come first, each after its length.
            begin += LevelsAt(begin);
            begin += LevelsAt(begin);
            var floats = (end - begin) / sizeof(float);
            if (begin > end || floats % size != 0) return null;
            runs.Add((begin, (int)(floats / size)));
            values += page.Values;
            at = end;
        }
        return runs;
    }

    private long LevelsAt(long offset)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        RandomAccess.Read(_bytes, length, offset);
        return sizeof(int) + (long)BinaryPrimitives.ReadUInt32LittleEndian(length);
    }
}
