using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>How well a network does on labelled clips: the softmax averaged over each clip's patches.</summary>
internal static class ClassifierScoring
{
    private const int PatchesPerRun = 64;

    /// <summary>Scores the network in evaluation mode, and leaves it there.</summary>
    public static ClassifierScore Score(
        ClassifierNetwork network, LabelledClips clips, int labels, Device device, CancellationToken cancellation)
    {
        var confusion = Enumerable.Range(0, labels).Select(_ => new int[labels]).ToArray();
        var means = Probabilities(network, clips.Input, labels, device, cancellation);
        for (var clip = 0; clip < means.Length; clip++)
            confusion[clips.Labels[clip]][means[clip].IndexOf(means[clip].Max())]++;
        var (accuracy, balanced) = ConfusionAccuracy.Of(confusion);
        return new ClassifierScore(balanced, accuracy, confusion);
    }

    /// <summary>The probabilities of all labels for each clip.</summary>
    internal static double[][] Probabilities(
        ClassifierNetwork network, PatchInput input, int labels, Device device, CancellationToken cancellation)
    {
        network.eval();
        var means = Enumerable.Range(0, input.Clips).Select(_ => new double[labels]).ToArray();
        var size = (int)input.PatchShape.Aggregate((a, b) => a * b);
        var buffer = new float[PatchesPerRun * size];
        var owners = new List<int>();
        for (var clip = 0; clip < input.Clips; clip++)
        {
            for (var patch = 0; patch < input.PatchesOf(clip); patch++)
            {
                input.Read(clip, patch, buffer.AsSpan(owners.Count * size, size));
                owners.Add(clip);
                if (owners.Count == PatchesPerRun) Flush();
            }
        }
        if (owners.Count > 0) Flush();
        return means;

        void Flush()
        {
            cancellation.ThrowIfCancellationRequested();
            var softmax = Softmax(network, input, buffer.AsSpan(0, owners.Count * size), owners.Count, device);
            for (var i = 0; i < softmax.Length; i++)
            {
                var clip = owners[i / labels];
                means[clip][i % labels] += (double)softmax[i] / input.PatchesOf(clip);
            }
            owners.Clear();
        }
    }

    private static float[] Softmax(ClassifierNetwork network, PatchInput input, ReadOnlySpan<float> values, int patches, Device device)
    {
        using var pause = FinaliserPause.Begin();
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var logits = network.call(input.Prepare(PatchTensor.Of(values, patches, input.PatchShape, device), training: false));
        return nn.functional.softmax(logits, dim: 1).cpu().data<float>().ToArray();
    }
}
