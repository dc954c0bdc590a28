namespace MlNetSer.Cli;

/// <summary>What <c>embed</c> was asked to do where all goes into one table.</summary>
internal sealed record TableEmbeddingArguments(string? Model, IReadOnlyList<string> Data, string Output)
{
    /// <summary>0 for as many as there are processors.</summary>
    public int Threads { get; init; }
}

/// <summary>The work of <c>embed</c> that gives one table: stopped and done again, it goes on where it was.</summary>
internal sealed class TableEmbedding : IDisposable
{
    private readonly TableEmbeddingArguments _arguments;
    private readonly Screen _screen;
    private readonly CancellationToken _cancellation;
    private readonly SoundEmbedder _embedder;
    private readonly string _modelHash;
    private readonly IReadOnlyList<LabelledSound> _sounds;
    private readonly List<UnreadableSound> _unreadable = [];
    private EmbeddingJournal? _journal;

    public TableEmbedding(TableEmbeddingArguments arguments, Screen screen, CancellationToken cancellation)
    {
        (_arguments, _screen, _cancellation) = (arguments, screen, cancellation);
        var model = arguments.Model ?? SoundModels.Default;
        _embedder = new(model);
        _modelHash = EncoderIdentity.HashOf(model);
        _sounds = SoundArguments.Read(arguments.Data);
    }

    public int Run()
    {
        var metadata = EncoderIdentity.ToMetadata(_embedder.Info.Name, _modelHash);
        try
        {
            _screen.Progress("Embedding", progress =>
                EmbeddingTable.Write(_arguments.Output, _embedder.EmbeddingSize, Rows(new(progress, _sounds.Count)), metadata, _cancellation));
        }
        catch (OperationCanceledException)
        {
            _journal?.Announce(_screen);
            throw;
        }
        _journal?.Finish();
        var count = _sounds.Count - _unreadable.Count;
        _screen.Line($"{count} embeddings of {_embedder.EmbeddingSize} numbers: {_arguments.Output}");
        _screen.Json(new { File = _arguments.Output, Embeddings = count, _embedder.EmbeddingSize, Unreadable = _unreadable });
        return Tool.Success;
    }

    public void Dispose()
    {
        _journal?.Dispose();
        _embedder.Dispose();
    }

    private IEnumerable<EmbeddingRow> Rows(Counting progress)
    {
        // Within the writing, so that of two processes with one table the second has been refused by now.
        _journal = new(_arguments.Output + EmbeddingJournal.Extension, _modelHash);
        _journal.Welcome(_screen);
        FileState[] states = [.. _sounds.Select(s => FileState.Of(s.Path))];
        bool[] kept = [.. _sounds.Zip(states, (sound, state) => Kept(sound.Path, state) is not null)];
        string[] missing = [.. _sounds.Zip(kept).Where(s => !s.Second).Select(s => s.First.Path)];
        using var embedded = _embedder.EmbedFiles(missing, _arguments.Threads, _cancellation).GetEnumerator();
        for (var i = 0; i < _sounds.Count; i++)
        {
            var (path, label) = (_sounds[i].Path, _sounds[i].Label);
            if (kept[i])
            {
                // A journal that meanwhile had to make room is gone.
                yield return new(path, label, Kept(path, states[i]) ?? _embedder.EmbedFile(path, _cancellation));
            }
            else
            {
                embedded.MoveNext();
                if (embedded.Current.Vector is { } vector)
                {
                    _journal.Add(path, states[i].ToString(), JournalBody.Of(new(0, vector, null)));
                    yield return new(path, label, vector);
                }
                else
                {
                    _unreadable.Add(new(path, embedded.Current.Error!));
                }
            }
            progress.Report(i + 1);
        }
        // Within the writing: if it stops here, no table is left behind.
        SkippedSounds.Report(_screen, _unreadable, _sounds.Count);
    }

    private float[]? Kept(string path, FileState state) => _journal!.Kept == 0
        ? null
        : JournalBody.Read(_journal.Find(path, state.ToString()), _embedder.EmbeddingSize, patches: false)?.Vector;

    /// <summary>What changes with a file's content, without reading it.</summary>
    private readonly record struct FileState(long Length, long Written)
    {
        public static FileState Of(string path)
        {
            var file = new FileInfo(path);
            return file.Exists ? new(file.Length, file.LastWriteTimeUtc.Ticks) : new(-1, 0);
        }

        public override string ToString() => Length < 0 ? "" : $"{Length} {Written}";
    }
}
