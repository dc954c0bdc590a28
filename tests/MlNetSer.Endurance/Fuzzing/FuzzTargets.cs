namespace MlNetSer.Endurance;

/// <summary>All readers that are fuzzed.</summary>
internal static class FuzzTargets
{
    /// <summary>Those whose code is this library's.</summary>
    public static IReadOnlyList<FuzzTarget> Own { get; } =
    [
        SoundTargets.Wav, RunTargets.Cache, ModelTargets.TorchCheckpoints, ModelTargets.Onnx, ModelTargets.Metadata, ModelTargets.Tensors, TableTargets.Csv,
        RunTargets.Json,
    ];

    public static IEnumerable<string> Names => Own.Append(SoundTargets.LibSndFile).Select(t => t.Name);

    public static IEnumerable<FuzzTarget> Of(string name) => name == "all" ? Own : Own.Append(SoundTargets.LibSndFile).Where(t => t.Name == name);
}
