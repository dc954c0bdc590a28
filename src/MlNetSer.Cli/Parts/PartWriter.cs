using Parquet;
using Parquet.Schema;

namespace MlNetSer.Cli;

/// <summary>Writes a part row by row; what is held in memory is a row group.</summary>
internal sealed class PartWriter
{
    /// <summary>Few, so that merging hundreds of parts fits into memory; enough for a search to read them in large pieces.</summary>
    private const int RowsPerGroup = 1024;

    /// <summary>What ends a group earlier where there are patch embeddings.</summary>
    private const int FloatsPerGroup = 1 << 20;

    private readonly PartSchema _schema;
    private readonly ListColumn<float> _embeddings;
    private readonly ListColumn<double>? _patchTimes;
    private readonly ListColumn<float>? _patches;
    private readonly List<EmbeddedSound> _rows = [];

    private PartWriter(bool patches)
    {
        _schema = new(patches);
        _embeddings = new(_schema.Embedding);
        if (!patches) return;
        _patchTimes = new(_schema.PatchMilliseconds!);
        _patches = new(_schema.PatchEmbeddings!);
    }

    /// <summary>Writes the rows as they come.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="patches">Whether the part has columns for patch embeddings.</param>
    /// <param name="sounds">The rows.</param>
    /// <param name="describe">Called after the last row.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static void Write(
        Stream stream, bool patches, IEnumerable<EmbeddedSound> sounds, Func<PartDescription> describe, CancellationToken cancellation) =>
        new PartWriter(patches).Write(stream, sounds, describe, cancellation).GetAwaiter().GetResult();

    private async Task Write(Stream stream, IEnumerable<EmbeddedSound> sounds, Func<PartDescription> describe, CancellationToken cancellation)
    {
        var file = await ParquetWriter.CreateAsync(_schema.Parquet, stream, PartSchema.Options, cancellationToken: cancellation).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            foreach (var sound in sounds)
            {
                cancellation.ThrowIfCancellationRequested();
                Add(sound);
                if (_rows.Count == RowsPerGroup || _embeddings.Count + _patches?.Count >= FloatsPerGroup) await EndGroup(file, cancellation).ConfigureAwait(false);
            }
            if (_rows.Count > 0) await EndGroup(file, cancellation).ConfigureAwait(false);
            file.CustomMetadata = describe().ToMetadata();
        }
    }

    private void Add(EmbeddedSound sound)
    {
        _rows.Add(sound);
        if (sound.Embedding is { } embedding) _embeddings.Add(embedding);
        else _embeddings.AddNull();
        if (sound.Patches is not { Count: > 0 } patches)
        {
            _patchTimes?.AddNull();
            _patches?.AddNull();
            return;
        }
        _patchTimes?.Add(patches.Select(p => p.Milliseconds));
        for (var i = 0; i < patches.Count; i++) _patches?.Add(patches[i].Vector, repetition: i == 0 ? 0 : 1);
    }

    private async Task EndGroup(ParquetWriter file, CancellationToken cancellation)
    {
        using var group = file.CreateRowGroup();
        await Texts(_schema.Path, s => s.Path).ConfigureAwait(false);
        await Texts(_schema.Label, s => s.Label).ConfigureAwait(false);
        await Texts(_schema.ContentHash, s => s.ContentHash).ConfigureAwait(false);
        await Texts(_schema.ModelHash, s => s.ModelHash).ConfigureAwait(false);
        await group.WriteAsync<double>(_schema.Duration, _rows.Select(s => s.Seconds).ToArray(), null, null, cancellation).ConfigureAwait(false);
        await _embeddings.WriteTo(group, cancellation).ConfigureAwait(false);
        if (_patchTimes is not null) await _patchTimes.WriteTo(group, cancellation).ConfigureAwait(false);
        if (_patches is not null) await _patches.WriteTo(group, cancellation).ConfigureAwait(false);
        await Texts(_schema.Error, s => s.Error).ConfigureAwait(false);
        group.CompleteValidate();
        _rows.Clear();

        Task Texts(DataField<string> field, Func<EmbeddedSound, string?> value) => group.WriteAsync(field, _rows.Select(value).ToArray()!);
    }
}
