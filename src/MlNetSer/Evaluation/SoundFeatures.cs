using System.Collections.Concurrent;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>Clips with one feature vector each: what <see cref="FoldEvaluation"/> works on, however many classifiers and folds.</summary>
public sealed class SoundFeatures
{
    /// <summary>Features that were computed elsewhere.</summary>
    /// <param name="name">What reports call them.</param>
    /// <param name="sounds">The clips.</param>
    /// <param name="vectors">A vector per clip, all of one length.</param>
    /// <param name="unreadable">Clips that were left out.</param>
    /// <exception cref="ArgumentException">There are no clips, or not one vector of one length for each.</exception>
    public SoundFeatures(
        string name, IReadOnlyList<LabelledSound> sounds, IReadOnlyList<float[]> vectors, IReadOnlyList<UnreadableSound>? unreadable = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(sounds);
        ArgumentNullException.ThrowIfNull(vectors);
        if (sounds.Count == 0) throw new ArgumentException("There are no clips.", nameof(sounds));
        if (sounds.Count != vectors.Count)
            throw new ArgumentException($"{vectors.Count} vectors for {sounds.Count} clips.", nameof(vectors));
        if (vectors.FirstOrDefault(v => v.Length != vectors[0].Length) is { } odd)
            throw new ArgumentException($"A vector of {odd.Length} among vectors of {vectors[0].Length}.", nameof(vectors));
        Name = name;
        Sounds = sounds;
        Vectors = vectors;
        Unreadable = unreadable ?? [];
    }

    /// <summary>What reports call them.</summary>
    public string Name { get; }

    /// <summary>Length of a vector.</summary>
    public int Dimensions => Vectors[0].Length;

    /// <summary>The clips that could be read.</summary>
    public IReadOnlyList<LabelledSound> Sounds { get; }

    /// <summary>A vector per clip in <see cref="Sounds"/>.</summary>
    public IReadOnlyList<float[]> Vectors { get; }

    /// <summary>The vectors of each clip's patches, where they were computed (<see cref="EmbedPatches"/>).</summary>
    public IReadOnlyList<IReadOnlyList<float[]>>? Patches { get; private init; }

    /// <summary>Clips that were left out because they could not be read.</summary>
    public IReadOnlyList<UnreadableSound> Unreadable { get; }

    /// <summary>Embeds each clip once.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="sounds">The clips.</param>
    /// <param name="progress">Told the number of clips done, after each.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The embeddings, named after the model, without the clips that could not be read.</returns>
    /// <exception cref="InvalidDataException">None of the clips can be read.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static SoundFeatures Embed(
        SoundEmbedder embedder,
        IReadOnlyList<LabelledSound> sounds,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        ArgumentNullException.ThrowIfNull(sounds);
        return Collect(embedder.Info.Name, sounds, embedder.EmbedFiles(Paths(sounds), cancellationToken: cancellationToken), progress);
    }

    /// <summary>Embeds each clip once and keeps the embeddings of its patches, of which its own is made.</summary>
    /// <inheritdoc cref="Embed"/>
    public static SoundFeatures EmbedPatches(
        SoundEmbedder embedder,
        IReadOnlyList<LabelledSound> sounds,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        ArgumentNullException.ThrowIfNull(sounds);
        var patches = new ConcurrentDictionary<string, float[][]>();
        var clips = Collect(embedder.Info.Name, sounds, FileFeatures.Compute(Paths(sounds), Pooled, 0, cancellationToken), progress);
        return new(clips.Name, clips.Sounds, clips.Vectors, clips.Unreadable) { Patches = [.. clips.Sounds.Select(s => patches[s.Path])] };

        float[] Pooled(string path, CancellationToken stop)
        {
            var vectors = patches[path] = embedder.EmbedFilePatches(path, stop);
            var pool = new PatchPool(embedder.Info.Pooling, embedder.EmbeddingSize);
            foreach (var vector in vectors) pool.Add(vector);
            var result = new float[embedder.EmbeddingSize];
            pool.Write(result);
            return result;
        }
    }

    /// <summary>
    /// The baseline that needs no learning: mean and standard deviation over time of each band of a clip's log-mel.
    /// </summary>
    /// <param name="sounds">The clips.</param>
    /// <param name="settings">The log-mel; left out, that of the paper: 96 bands, so vectors of 192.</param>
    /// <param name="progress">Told the number of clips done, after each.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>All means, then all standard deviations, for each clip that could be read.</returns>
    /// <exception cref="InvalidDataException">None of the clips can be read.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static SoundFeatures LogMelStatistics(
        IReadOnlyList<LabelledSound> sounds,
        LogMelSettings? settings = null,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sounds);
        using var statistics = new LogMelStatistics(settings ?? new());
        return Collect("log-mel mean and deviation", sounds, statistics.ComputeFiles(Paths(sounds), cancellationToken), progress);
    }

    private static string[] Paths(IReadOnlyList<LabelledSound> sounds) => [.. sounds.Select(s => s.Path)];

    private static SoundFeatures Collect(
        string name, IReadOnlyList<LabelledSound> sounds, IEnumerable<SoundEmbedding> results, IProgress<int>? progress)
    {
        var kept = new List<LabelledSound>(sounds.Count);
        var vectors = new List<float[]>(sounds.Count);
        var unreadable = new List<UnreadableSound>();
        var done = 0;
        foreach (var (sound, result) in sounds.Zip(results))
        {
            if (result.Vector is { } vector)
            {
                kept.Add(sound);
                vectors.Add(vector);
            }
            else
            {
                unreadable.Add(new(result.Path, result.Error!));
            }
            progress?.Report(++done);
        }
        return kept.Count > 0
            ? new(name, kept, vectors, unreadable)
            : throw new InvalidDataException(
                sounds.Count == 0 ? "There are no clips." : $"None of {sounds.Count} clips can be read. The first: {unreadable[0].Error}");
    }
}
