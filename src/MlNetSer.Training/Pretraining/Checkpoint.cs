using System.Globalization;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Where a run stands: the next step to do, and the sum of the losses of its epoch so far.</summary>
internal readonly record struct RunState(int Epoch, int Step, double LossSum);

/// <summary>The state of a run as a file: both networks, the optimiser's velocities and the next step.</summary>
internal static class Checkpoint
{
    private const string Encoder = "encoder.";
    private const string Head = "head.";
    private const string Velocity = "velocity.";

    public static void Write(string path, SoundEncoder encoder, ProjectionHead head, Sgd optimiser, RunState state)
    {
        var metadata = new Dictionary<string, string>
        {
            ["encoder"] = encoder.Architecture,
            ["epoch"] = state.Epoch.ToString(CultureInfo.InvariantCulture),
            ["step"] = state.Step.ToString(CultureInfo.InvariantCulture),
            ["loss_sum"] = state.LossSum.ToString("R", CultureInfo.InvariantCulture),
        };
        SafetensorsFile.Write(path, metadata, [.. Slots(encoder, head), .. Slots(optimiser)]);
    }

    /// <summary>Puts a checkpoint's tensors into the networks and the optimiser, and gives the state of the run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoder">Of the architecture that was saved.</param>
    /// <param name="head">Null where only the encoder is wanted.</param>
    /// <param name="optimiser">Null where only the networks are wanted.</param>
    /// <exception cref="RunException">The file is missing or damaged, or of other networks.</exception>
    public static RunState Read(string path, SoundEncoder encoder, ProjectionHead? head = null, Sgd? optimiser = null)
    {
        if (!File.Exists(path)) throw new RunException($"{path} does not exist: the run has not come to its first checkpoint yet.");
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (metadata, tensors) = SafetensorsFile.Read(path);
        IEnumerable<(string, Tensor)> slots = [.. Slots(encoder, head), .. optimiser is null ? [] : Slots(optimiser)];
        foreach (var (name, slot) in slots)
        {
            if (!tensors.TryGetValue(name, out var value) || !value.shape.SequenceEqual(slot.shape) || value.dtype != slot.dtype)
                throw new RunException($"{path} is of another network than {encoder.Architecture}: {name} is missing or of another shape.");
            slot.copy_(value);
        }
        return new RunState(Entry<int>("epoch"), Entry<int>("step"), Entry<double>("loss_sum"));

        T Entry<T>(string key)
            where T : IParsable<T> => metadata.TryGetValue(key, out var text) && T.TryParse(text, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new RunException($"{path} lacks the entry \"{key}\", or it is no number.");
    }

    private static IEnumerable<(string Name, Tensor Value)> Slots(SoundEncoder encoder, ProjectionHead? head) =>
        encoder.state_dict().Select(e => (Encoder + e.Key, e.Value))
            .Concat(head?.state_dict().Select(e => (Head + e.Key, e.Value)) ?? []);

    private static IEnumerable<(string Name, Tensor Value)> Slots(Sgd optimiser) =>
        optimiser.Velocities.Select(v => (Velocity + v.Name, v.Velocity));
}
