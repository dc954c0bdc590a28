using Parquet;
using Parquet.Schema;

namespace MlNetSer.Cli;

/// <summary>Reads parts; what is held in memory is a row group.</summary>
internal static class PartReader
{
    /// <summary>More than there are of anything that is worth a search, however well it is packed: what is claimed beyond it takes no memory.</summary>
    private const int ValuesPerByte = 16;

    /// <summary>What the part says about itself.</summary>
    /// <exception cref="Failure">It is damaged, or no part.</exception>
    public static PartDescription Describe(string path) => Reading(path, async () =>
    {
        var file = await OpenAsync(path).ConfigureAwait(false);
        await using (file.ConfigureAwait(false)) return PartDescription.FromMetadata(file.CustomMetadata);
    }) ?? throw new Failure($"{path} was not written by '{Tool.Name} embed --out FOLDER': take it away.");

    /// <summary>The rows in their order.</summary>
    /// <exception cref="Failure">While rows are asked for: the file is damaged.</exception>
    public static IEnumerable<EmbeddedSound> Rows(string path, CancellationToken cancellation)
    {
        var file = Reading(path, () => OpenAsync(path, cancellation));
        try
        {
            var schema = new PartSchema(PartDescription.FromMetadata(file.CustomMetadata)?.Patches ?? false);
            for (var i = 0; i < file.RowGroupCount; i++)
            {
                var group = file.OpenRowGroupReader(i);
                foreach (var row in Reading(path, () => Group(schema, group, cancellation))) yield return row;
            }
        }
        finally
        {
            file.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Number of rows.</summary>
    public static long RowCount(string path) => Reading(path, async () =>
    {
        var file = await OpenAsync(path).ConfigureAwait(false);
        await using (file.ConfigureAwait(false)) return file.Metadata!.NumRows;
    });

    /// <summary>The paths of all rows.</summary>
    public static IReadOnlyList<string> Paths(string path) => [.. Texts(path, "path").Select(p => p!)];

    /// <summary>The sounds that have an embedding, with the hashes of their contents.</summary>
    public static Dictionary<string, string> EmbeddedContents(string path)
    {
        var rows = Paths(path).Zip(Texts(path, "content_hash"), Texts(path, "error")).Where(row => row is { Second: not null, Third: null });
        return Reading(path, () => Task.FromResult(rows.ToDictionary(row => row.First, row => row.Second!)));
    }

    /// <summary>The sounds that have no embedding.</summary>
    public static IReadOnlyList<UnreadableSound> Unreadable(string path)
    {
        var errors = Texts(path, "error");
        if (errors.All(e => e is null)) return [];
        return [.. Paths(path).Zip(errors).Where(row => row.Second is not null).Select(row => new UnreadableSound(row.First, row.Second!))];
    }

    /// <summary>Does something with a Parquet file that may be damaged.</summary>
    public static T Reading<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not (OperationCanceledException or FileNotFoundException or UnauthorizedAccessException or OutOfMemoryException))
        {
            throw new Failure($"{path} is damaged, or no Parquet file; delete it to have it made again: {Failure.OneLine(e.Message)}");
        }
    }

    /// <summary>Opens a Parquet file that may be damaged, within <see cref="Reading"/>.</summary>
    public static async Task<ParquetReader> OpenAsync(string path, CancellationToken cancellation = default)
    {
        long length;
        using (var bytes = File.OpenRead(path))
        {
            ParquetFooter.Check(bytes);
            length = bytes.Length;
        }
        var file = await ParquetReader.CreateAsync(path, cancellationToken: cancellation).ConfigureAwait(false);
        // Read when it is asked for, which may be elsewhere.
        _ = file.Schema;
        foreach (var group in file.Metadata!.RowGroups)
        {
            if (group.NumRows < 0 || group.NumRows > ValuesPerByte * length) throw new InvalidDataException($"a group of {group.NumRows} rows in {length} bytes");
            if (group.Columns.FirstOrDefault(c => c.MetaData is not { NumValues: >= 0 } data || data.NumValues > ValuesPerByte * length) is { } column)
                throw new InvalidDataException($"a column of {column.MetaData?.NumValues} values in {length} bytes");
        }
        return file;
    }

    private static async Task<IReadOnlyList<EmbeddedSound>> Group(PartSchema schema, ParquetRowGroupReader group, CancellationToken cancellation)
    {
        var count = (int)group.RowCount;
        var paths = await Texts(schema.Path).ConfigureAwait(false);
        var labels = await Texts(schema.Label).ConfigureAwait(false);
        var contents = await Texts(schema.ContentHash).ConfigureAwait(false);
        var models = await Texts(schema.ModelHash).ConfigureAwait(false);
        var durations = new double?[count];
        await group.ReadAsync<double>(schema.Duration, durations, null, cancellation).ConfigureAwait(false);
        var embeddings = await ListColumn<float>.Read(group, schema.Embedding, cancellation).ConfigureAwait(false);
        var times = schema.PatchMilliseconds is { } t ? await ListColumn<double>.Read(group, t, cancellation).ConfigureAwait(false) : null;
        var patches = schema.PatchEmbeddings is { } p ? await ListColumn<float>.Read(group, p, cancellation).ConfigureAwait(false) : null;
        var errors = await Texts(schema.Error).ConfigureAwait(false);
        return
        [
            .. Enumerable.Range(0, count).Select(i => new EmbeddedSound(
                paths[i]!, labels[i]!, contents[i], models[i]!, durations[i], embeddings[i]?[0], Patches(times?[i], patches?[i]), errors[i])),
        ];

        async Task<string?[]> Texts(DataField<string> field)
        {
            var texts = new string?[count];
            await group.ReadAsync(field, texts!, null, cancellation).ConfigureAwait(false);
            return texts;
        }
    }

    private static List<string?> Texts(string path, string column) => Reading(path, async () =>
    {
        var texts = new List<string?>();
        var file = await OpenAsync(path).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            var field = file.Schema.DataFields.Single(f => f.Path.ToString() == column);
            foreach (var group in file.RowGroups)
            {
                var read = new string?[group.RowCount];
                await group.ReadAsync(field, read!, null, CancellationToken.None).ConfigureAwait(false);
                texts.AddRange(read);
            }
        }
        return texts;
    });

    private static TimestampEmbedding[]? Patches(double[][]? times, float[][]? vectors) =>
        times is null || vectors is null ? null : [.. times[0].Zip(vectors, (time, vector) => new TimestampEmbedding(time, vector))];
}
