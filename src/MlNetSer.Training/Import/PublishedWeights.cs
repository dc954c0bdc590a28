using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Brings the tensors of a checkpoint into an encoder under the names that the method's authors gave them.</summary>
internal static class PublishedWeights
{
    // Batch norms count their batches since PyTorch 0.4.1. Nothing is computed from it.
    private const string BatchCounter = ".num_batches_tracked";

    /// <summary>Copies all weights and statistics of the encoder from the checkpoint.</summary>
    /// <param name="encoder">Its own weights are lost.</param>
    /// <param name="tensors">What the file holds; the network may lie in a dictionary of it, as <c>state_dict</c>.</param>
    /// <param name="path">The file, for errors.</param>
    /// <exception cref="TorchCheckpointException">A tensor is missing, unexpected, of another shape or not finite.</exception>
    public static void CopyTo(SoundEncoder encoder, IReadOnlyDictionary<string, CheckpointTensor> tensors, string path)
    {
        var names = PublishedNames.Of(encoder.Architecture);
        var prefix = Prefix(names.Landmark, encoder.Architecture, tensors, path);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var used = new HashSet<string>();
        foreach (var (name, target) in encoder.state_dict())
        {
            var theirs = prefix + names.Translate(name);
            used.Add(theirs);
            if (tensors.TryGetValue(theirs, out var source)) target.copy_(Checked(theirs, source, target.shape, path));
            else if (!name.EndsWith(BatchCounter, StringComparison.Ordinal))
                throw new TorchCheckpointException(path, $"has no tensor '{theirs}', which the encoder {encoder.Architecture} needs");
        }
        var unexpected = tensors.Keys.FirstOrDefault(name =>
            name.StartsWith(prefix, StringComparison.Ordinal) && !used.Contains(name)
            && !name.StartsWith(prefix + names.Classifier, StringComparison.Ordinal));
        if (unexpected is not null)
            throw new TorchCheckpointException(path, $"has a tensor '{unexpected}', which is no part of the encoder {encoder.Architecture}");
    }

    private static string Prefix(string landmark, string architecture, IReadOnlyDictionary<string, CheckpointTensor> tensors, string path)
    {
        var found = tensors.Keys.Where(name => name == landmark || name.EndsWith("." + landmark, StringComparison.Ordinal)).ToArray();
        return found switch
        {
            [var name] => name[..^landmark.Length],
            [] => throw new TorchCheckpointException(
                path, $"holds no encoder {architecture}: none of its {tensors.Count} tensors is named '{landmark}'{Examples(tensors)}"),
            _ => throw new TorchCheckpointException(path, $"holds {found.Length} encoders {architecture}: '{string.Join("', '", found)}'"),
        };
    }

    private static string Examples(IReadOnlyDictionary<string, CheckpointTensor> tensors) =>
        tensors.Count == 0 ? "" : $", but for example '{tensors.Keys.First()}'";

    private static Tensor Checked(string name, CheckpointTensor source, long[] shape, string path)
    {
        if (!source.Shape.SequenceEqual(shape))
        {
            throw new TorchCheckpointException(
                path, $"'{name}' has shape ({string.Join(", ", source.Shape)}), ({string.Join(", ", shape)}) expected");
        }
        if (!source.Values.All(float.IsFinite)) throw new TorchCheckpointException(path, $"'{name}' holds values that are not finite");
        return tensor(source.Values, shape);
    }
}
