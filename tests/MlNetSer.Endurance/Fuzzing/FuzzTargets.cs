namespace MlNetSer.Endurance;

/// <summary>All readers that are fuzzed.</summary>
internal static class FuzzTargets
{
    /// <summary>Those whose code is this library's.</summary>
    public static IReadOnlyList<FuzzTarget> Own { get; } =
    [
        SoundTargets.Wav, RunTargets.Cache, ModelTargets.TorchCheckpoints, ModelTargets.Onnx, ModelTargets.Metadata, ModelTargets.Tensors, TableTargets.Csv,
        TableTargets.Journal, RunTargets.Json,
    ];

    /// <summary>Those whose code is mostly others': nothing can be promised for every input.</summary>
    public static IReadOnlyList<FuzzTarget> Others { get; } = [SoundTargets.LibSndFile, TableTargets.Parquet];

    public static IEnumerable<string> Names => Own.Concat(Others).Select(t => t.Name);

    public static IEnumerable<FuzzTarget> Of(string name) => name == "all" ? Own : Own.Concat(Others).Where(t => t.Name == name);
}
