using System.Runtime.InteropServices;
using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// The paper's monitor of pretraining: k nearest neighbours (k = 200 patches, cosine similarity of the projection head's outputs) among the
/// patches of all other sounds; a sound gets the label that most of its patches get.
/// </summary>
/// <remarks>
/// It looks at a patch every <see cref="LogMelSettings.PatchHop"/> frames and at the last one, without augmentations, in float32. It costs
/// one pass through the networks without gradients and changes nothing in them. Not thread-safe, as the networks are not.
/// </remarks>
public sealed class NeighbourMonitor
{
    /// <summary>Patches that vote on a patch's label.</summary>
    public const int Neighbours = 200;

    /// <summary>Larger sets are looked at in part, about as many patches as this, of sounds at even distances.</summary>
    public const int MostPatches = 20_000;

    private const int PerBatch = 32;

    private readonly LogMelCache _sounds;
    private readonly List<(int Clip, int Frame, int Sound)> _patches = [];
    private readonly List<int> _labels = [];

    /// <summary>A monitor on labelled sounds.</summary>
    /// <param name="sounds">Their spectrograms, which must stay open.</param>
    /// <param name="labelOf">The label of a sound file.</param>
    /// <exception cref="ArgumentException">The sounds have fewer than two labels.</exception>
    public NeighbourMonitor(LogMelCache sounds, Func<string, string> labelOf)
    {
        ArgumentNullException.ThrowIfNull(sounds);
        ArgumentNullException.ThrowIfNull(labelOf);
        _sounds = sounds;
        // A long recording is several clips of the cache; it is one sound, and no neighbour of itself.
        var files = Enumerable.Range(0, sounds.Count).GroupBy(sounds.PathOf).ToArray();
        var all = files.Sum(clips => clips.Sum(clip => (long)FirstFrames(clip).Count()));
        var keep = (int)Math.Max(1, Math.Min(files.Length, files.Length * (long)MostPatches / all));
        var labels = new Dictionary<string, int>();
        for (var i = 0; i < keep; i++)
        {
            var clips = files[(long)i * files.Length / keep];
            var label = labelOf(clips.Key);
            if (!labels.TryGetValue(label, out var number)) labels.Add(label, number = labels.Count);
            _patches.AddRange(clips.SelectMany(clip => FirstFrames(clip).Select(frame => (clip, frame, _labels.Count))));
            _labels.Add(number);
        }
        if (labels.Count < 2)
            throw new ArgumentException($"The sounds have {labels.Count} label, '{labels.Keys.Single()}'; expected at least two.", nameof(sounds));
    }

    /// <summary>The share of sounds that get their own label, from 0 to 1.</summary>
    /// <param name="snapshot">The networks, in evaluation mode.</param>
    /// <param name="cancellationToken">Stops it; nothing is left behind.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public double Measure(PretrainSnapshot snapshot, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var directions = new List<Tensor>();
        for (var start = 0; start < _patches.Count; start += PerBatch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var pause = FinaliserPause.Begin();
            directions.Add(Project(snapshot, start));
        }
        int[] sounds = [.. _patches.Select(p => p.Sound)];
        var predicted = NeighbourVote.Predict(cat(directions, 0), sounds, _labels, Neighbours, cancellationToken);
        return predicted.Zip(_labels, (p, label) => p == label).Count(right => right) / (double)_labels.Count;
    }

    /// <summary>The head's outputs for the next patches, [up to 32, D].</summary>
    private Tensor Project(PretrainSnapshot snapshot, int start)
    {
        using var scope = NewDisposeScope();
        var (frames, bands) = (_sounds.Settings.PatchFrames, _sounds.Settings.MelBands);
        var count = Math.Min(PerBatch, _patches.Count - start);
        var host = empty([count, 1, frames, bands], float32);
        var values = MemoryMarshal.Cast<byte, float>(host.bytes);
        for (var i = 0; i < count; i++)
            _sounds.Read(_patches[start + i].Clip, _patches[start + i].Frame, values.Slice(i * frames * bands, frames * bands));
        var device = snapshot.Head.parameters().First().device;
        var input = host.to(device).sub_(snapshot.Info.Normalisation.Mean).div_(snapshot.Info.Normalisation.Std);
        return snapshot.Head.call(snapshot.Encoder.call(input)).MoveToOuterDisposeScope();
    }

    private IEnumerable<int> FirstFrames(int clip)
    {
        var settings = _sounds.Settings;
        var last = _sounds.FramesOf(clip) - settings.PatchFrames;
        for (var frame = 0; frame < last; frame += settings.PatchHop) yield return frame;
        yield return last;
    }
}
