using MlNetSer.Onnx;

namespace MlNetSer.Training;

/// <summary>The patch embeddings of sound files by a frozen encoder, each computed once.</summary>
internal sealed class PatchEmbeddings(OnnxModel model, SoundModelInfo info) : IDisposable
{
    private readonly SoundEmbedder _embedder = new(model.ToBytes());
    private readonly Dictionary<string, float[][]> _patches = [];
    private readonly Dictionary<string, UnreadableFile> _unreadable = [];

    public OnnxModel Model => model;

    public SoundModelInfo Info => info;

    public IReadOnlyCollection<UnreadableFile> Unreadable => _unreadable.Values;

    /// <summary>Embeds those files that have not been embedded yet.</summary>
    /// <exception cref="RunException">More than a tenth of the files cannot be read.</exception>
    public void Add(IReadOnlyList<string> paths, IProgress<DownstreamProgress>? progress, CancellationToken cancellation)
    {
        string[] missing = [.. paths.Where(p => !_patches.ContainsKey(p) && !_unreadable.ContainsKey(p))];
        var done = 0;
        foreach (var (path, patches, error) in OrderedReadAhead.Select(missing, Embed, Environment.ProcessorCount, cancellation))
        {
            if (patches is null) _unreadable.Add(path, new(path, error!));
            else _patches.Add(path, patches);
            if (_unreadable.Count * 10 > paths.Count)
            {
                throw new RunException(
                    $"{_unreadable.Count} of {paths.Count} sound files cannot be read, more than a tenth. The first: {_unreadable.Values.First().Reason}");
            }
            progress?.Report(new(DownstreamStage.Embedding, ++done, missing.Length));
        }
    }

    /// <summary>The patches of sounds that have been embedded.</summary>
    public EmbeddingInput Input(IReadOnlyList<LabelledSound> sounds) => new([.. sounds.Select(s => _patches[s.Path])], info.EmbeddingSize);

    public void Dispose() => _embedder.Dispose();

    private (string Path, float[][]? Patches, string? Error) Embed(string path, CancellationToken cancellation)
    {
        try
        {
            return (path, _embedder.EmbedFilePatches(path, cancellation), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (path, null, e.Message);
        }
    }
}
