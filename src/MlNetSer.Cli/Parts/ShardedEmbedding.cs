namespace MlNetSer.Cli;

/// <summary>What <c>embed --out FOLDER</c> was asked to do.</summary>
internal sealed record ShardedEmbeddingArguments(string? Model, IReadOnlyList<string> Data, string Folder, Shard Shard)
{
    public bool Patches { get; init; }

    public bool Overwrite { get; init; }

    /// <summary>0 for as many as there are processors.</summary>
    public int Threads { get; init; }
}

/// <summary>
/// The work of <c>embed --out FOLDER</c>: one part of an archive. It is either there and whole, or not there; doing it again does nothing.
/// </summary>
internal sealed class ShardedEmbedding : IDisposable
{
    /// <summary>A part may be so small that a single damaged file is more than a tenth of it.</summary>
    private const int MostUnreadableInSmallParts = 10;

    private readonly ShardedEmbeddingArguments _arguments;
    private readonly Screen _screen;
    private readonly CancellationToken _cancellation;
    private readonly SoundEmbedder _embedder;
    private readonly PartFolder _folder;
    private readonly IReadOnlyList<LabelledSound> _sounds;
    private readonly PartDescription _description;

    public ShardedEmbedding(ShardedEmbeddingArguments arguments, Screen screen, CancellationToken cancellation)
    {
        (_arguments, _screen, _cancellation) = (arguments, screen, cancellation);
        var model = arguments.Model ?? SoundModels.Default;
        _embedder = new(model);
        _folder = new(arguments.Folder);
        _sounds = ShardedSounds.Read(arguments.Data, arguments.Shard);
        _description = new(
            arguments.Shard, _embedder.Info.Name, EncoderIdentity.HashOf(model), _embedder.EmbeddingSize, arguments.Patches, ShardedSounds.Hash.Of(_sounds));
    }

    public int Run()
    {
        Directory.CreateDirectory(_arguments.Folder);
        RequireSameArchive();
        if (!IsFinished())
        {
            using var mine = _folder.Take(_arguments.Shard, () => _screen.Note($"Another process is at part {_arguments.Shard}; waiting for it."), _cancellation);
            try
            {
                // Whoever held it may have finished it.
                if (!IsFinished()) Write();
            }
            finally
            {
                _folder.TidyUp(_arguments.Shard);
            }
        }
        return Tool.Success;
    }

    public void Dispose() => _embedder.Dispose();

    private void Write()
    {
        var path = _folder.PathOf(_arguments.Shard);
        if (File.Exists(path)) _screen.Note($"{path} was made {Difference(PartReader.Describe(path))}, and is made anew.");
        using var former = FormerPart.Open(path, _description, _cancellation);
        using var journal = new EmbeddingJournal(_folder.JournalOf(_arguments.Shard), $"{_description.ModelHash} {(_arguments.Patches ? "with patches" : "without patches")}");
        journal.Welcome(_screen);
        var unreadable = new List<UnreadableSound>();
        try
        {
            _screen.Progress($"Part {_arguments.Shard}", progress => _folder.Write(_arguments.Shard, stream => PartWriter.Write(
                stream, _arguments.Patches, Rows(former, journal, new(progress, _sounds.Count), unreadable), () => _description, _cancellation)));
        }
        catch (OperationCanceledException)
        {
            journal.Announce(_screen);
            throw;
        }
        journal.Finish();
        if (former is { Taken: > 0 }) _screen.Note($"{former.Taken} embeddings were taken over from the part that was there.");
        var count = _sounds.Count - unreadable.Count;
        _screen.Line($"{count} embeddings of {_description.EmbeddingSize} numbers: {path}");
        _screen.Json(new { File = path, Embeddings = count, _description.EmbeddingSize, Unreadable = unreadable });
    }

    private IEnumerable<EmbeddedSound> Rows(FormerPart? former, EmbeddingJournal journal, Counting progress, List<UnreadableSound> unreadable)
    {
        var threads = _arguments.Threads == 0 ? Environment.ProcessorCount : _arguments.Threads;
        var done = 0;
        foreach (var (sound, embedded) in _sounds.Zip(OrderedReadAhead.Select(_sounds, (s, stop) => Embed(s, former, journal, stop), threads, _cancellation)))
        {
            var row = embedded ?? former!.Take(sound.Path) with { Label = sound.Label };
            if (row.Error is { } error) unreadable.Add(new(row.Path, error));
            yield return row;
            progress.Report(++done);
        }
        // Before the new part takes the place of the one that is read.
        former?.Dispose();
        // Within the writing: a machine without the archive or without libsndfile must not give a part full of errors.
        SkippedSounds.Report(_screen, unreadable, _sounds.Count, always: MostUnreadableInSmallParts);
    }

    /// <summary>The sound's row, or null if the former part has it.</summary>
    private EmbeddedSound? Embed(LabelledSound sound, FormerPart? former, EmbeddingJournal journal, CancellationToken stop)
    {
        string? content = null;
        try
        {
            content = EncoderIdentity.HashOf(sound.Path);
            if (former?.Has(sound.Path, content) == true) return null;
            var (seconds, vector, patches) = JournalBody.Read(journal.Find(sound.Path, content), _description.EmbeddingSize, _arguments.Patches)
                ?? Embed(sound.Path, content, journal, stop);
            return new(sound.Path, sound.Label, content, _description.ModelHash, seconds, vector, patches, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(sound.Path, sound.Label, content, _description.ModelHash, null, null, null, Failure.OneLine(e.Message));
        }
    }

    private RecordingEmbedding Embed(string path, string content, EmbeddingJournal journal, CancellationToken stop)
    {
        var embedding = _embedder.EmbedRecording(path, _arguments.Patches, stop);
        journal.Add(path, content, JournalBody.Of(embedding));
        return embedding;
    }

    private bool IsFinished()
    {
        var path = _folder.PathOf(_arguments.Shard);
        if (!File.Exists(path)) return false;
        var found = PartReader.Describe(path);
        if (found == _description)
        {
            _screen.Line($"Finished already: {path}");
            _screen.Json(new { File = path, FinishedAlready = true });
            return true;
        }
        if (!_arguments.Overwrite) throw new Failure($"{path} was made {Difference(found)}: choose another folder, or have it made anew by --overwrite.");
        return false;
    }

    private string Difference(PartDescription found) => found switch
    {
        _ when found.ModelHash != _description.ModelHash => $"with another model ('{found.ModelName}' {found.ModelHash[..8]}, now '{_description.ModelName}' {_description.ModelHash[..8]})",
        _ when found.Patches != _description.Patches => found.Patches ? "with patch embeddings" : "without patch embeddings",
        _ => "from another list of sounds",
    };

    private void RequireSameArchive()
    {
        var parts = _folder.Parts();
        if (parts.FirstOrDefault(p => p.Shard.Count != _arguments.Shard.Count) is { Path: { } other, Shard: var cut })
            throw new Failure($"{other} is one of {cut.Count} parts, and these would be {_arguments.Shard.Count}: choose another folder, or delete those.");
        if (_arguments.Overwrite || parts.FirstOrDefault(p => p.Shard != _arguments.Shard) is not { Path: { } neighbour }) return;
        var found = PartReader.Describe(neighbour);
        if (found.ModelHash != _description.ModelHash || found.Patches != _description.Patches)
            throw new Failure($"{neighbour} was made {Difference(found)}: choose another folder, or have all parts made anew by --overwrite.");
    }
}
