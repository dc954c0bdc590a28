using System.Buffers;
using System.Runtime.ExceptionServices;

namespace MlNetSer.Cli;

/// <summary>A row of an index.</summary>
internal readonly record struct IndexedSound(string Path, string Label, string? ContentHash);

/// <summary>
/// The embeddings of one or more Parquet files, searched where they lie: uncompressed ones are read from the file piece by piece and compared
/// at once, so that memory stays flat and a million of them take as long as the system takes to hand them over.
/// </summary>
internal sealed class EmbeddingIndex : IDisposable
{
    private const int BytesPerRead = 1 << 18;

    private readonly List<IndexFile> _files = [];
    private readonly List<(IndexFile File, int Group, long FirstRow)> _groups = [];

    /// <param name="paths">Parquet files, and folders of them, in which names that begin with a dot or an underscore do not count.</param>
    public EmbeddingIndex(IEnumerable<string> paths)
    {
        foreach (var file in paths.SelectMany(FilesIn)) _files.Add(new(file));
        foreach (var file in _files)
        {
            for (var group = 0; group < file.Groups; group++)
            {
                _groups.Add((file, group, Rows));
                Rows += file.Rows(group);
            }
        }
    }

    public long Rows { get; }

    /// <summary>The files' encoder, if they say so.</summary>
    /// <exception cref="Failure">They were made with several.</exception>
    public (string Name, string Hash)? Model
    {
        get
        {
            var models = _files.Where(f => f.Model is not null).DistinctBy(f => f.Model!.Value.Hash).ToArray();
            if (models.Length > 1) throw new Failure($"{models[0].Path} and {models[1].Path} were made with different models: search them separately.");
            return models.Length == 0 ? null : models[0].Model;
        }
    }

    /// <summary>Compares all rows with the queries.</summary>
    /// <param name="search">The queries.</param>
    /// <param name="include">Which rows count; null for all.</param>
    /// <param name="threads">How many groups to work on at once.</param>
    /// <param name="cancellation">Stops the work.</param>
    public void Search(SimilaritySearch search, Func<IndexedSound, bool>? include, int threads, CancellationToken cancellation)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        try
        {
            Parallel.ForEach(_groups, parallel, Compare);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        void Compare((IndexFile File, int Group, long FirstRow) group)
        {
            var included = include is null ? null : Sounds(group.File, group.Group).Select(include).ToArray();
            var runs = group.File.PlainEmbeddings(group.Group, search.EmbeddingSize);
            if (runs is not null && EmbeddedRows(group.File, group.Group, runs.Sum(r => r.Count)) is { } rows) CompareInPlace(search, group, runs, rows, included);
            else CompareDecoded(search, group, included);
        }
    }

    /// <summary>What is known about a row.</summary>
    public IndexedSound this[long row]
    {
        get
        {
            var (file, group, firstRow) = _groups[_groups.FindLastIndex(g => g.FirstRow <= row)];
            return Sounds(file, group)[(int)(row - firstRow)];
        }
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private static IEnumerable<string> FilesIn(string path)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw new Failure($"There is no index '{path}': expected a Parquet file or a folder of them, as embed writes.");
        string[] files = [.. Directory.GetFiles(path, "*.parquet").Where(f => Path.GetFileName(f)[0] is not ('.' or '_')).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new Failure($"{path} holds no Parquet files.");
    }

    private static IndexedSound[] Sounds(IndexFile file, int group) =>
    [
        .. file.Texts(group, "path").Zip(file.Texts(group, "label"), file.Texts(group, "content_hash"))
            .Select((row, i) => new IndexedSound(row.First ?? $"row {i}", row.Second ?? "", row.Third)),
    ];

    /// <summary>The rows that have an embedding, or null if they are not as many as expected.</summary>
    private static int[]? EmbeddedRows(IndexFile file, int group, int expected)
    {
        int[] all = [.. Enumerable.Range(0, file.Rows(group))];
        if (all.Length == expected) return all;
        var errors = file.Texts(group, "error");
        int[] embedded = [.. all.Where(i => errors[i] is null)];
        return embedded.Length == expected ? embedded : null;
    }

    private static void CompareInPlace(
        SimilaritySearch search, (IndexFile File, int Group, long FirstRow) group, IReadOnlyList<(long Offset, int Count)> runs, int[] rows, bool[]? included)
    {
        var size = search.EmbeddingSize;
        var perRead = Math.Max(1, BytesPerRead / sizeof(float) / size);
        var buffer = ArrayPool<float>.Shared.Rent(perRead * size);
        try
        {
            var next = 0;
            foreach (var (offset, count) in runs)
            {
                for (var done = 0; done < count; done += perRead)
                {
                    var block = buffer.AsSpan(0, Math.Min(perRead, count - done) * size);
                    group.File.Read(offset + ((long)done * size * sizeof(float)), block);
                    var here = rows.AsSpan(next, block.Length / size);
                    next += here.Length;
                    Add(search, group.FirstRow, here, block, included);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    /// <summary>Hands over stretches of rows that follow each other and count.</summary>
    private static void Add(SimilaritySearch search, long firstRow, ReadOnlySpan<int> rows, ReadOnlySpan<float> embeddings, bool[]? included)
    {
        for (var begin = 0; begin < rows.Length;)
        {
            if (included is not null && !included[rows[begin]])
            {
                begin++;
                continue;
            }
            var end = begin + 1;
            while (end < rows.Length && rows[end] == rows[end - 1] + 1 && (included is null || included[rows[end]])) end++;
            search.Add(firstRow + rows[begin], embeddings[(begin * search.EmbeddingSize)..(end * search.EmbeddingSize)]);
            begin = end;
        }
    }

    private static void CompareDecoded(SimilaritySearch search, (IndexFile File, int Group, long FirstRow) group, bool[]? included)
    {
        var embeddings = group.File.Decode(group.Group);
        for (var i = 0; i < embeddings.Length; i++)
        {
            if (embeddings[i] is not { } embedding || included?[i] == false) continue;
            if (embedding.Length != search.EmbeddingSize)
                throw new Failure($"{group.File.Path} has an embedding of {embedding.Length} numbers, and the queries have {search.EmbeddingSize}.");
            search.Add(group.FirstRow + i, embedding);
        }
    }
}
