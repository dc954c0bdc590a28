using MlNetSer.Training;

namespace MlNetSer.Cli;

/// <summary>One training of a sweep.</summary>
/// <param name="Variant">The variant's name.</param>
/// <param name="Settings">Its settings, with the seed of this run.</param>
/// <param name="HeldOutFold">The fold whose clips the encoder must not hear, or null.</param>
internal sealed record SweepRun(string Variant, PretrainSettings Settings, int? HeldOutFold)
{
    /// <summary>Where the run lives, relative to the sweep's folder.</summary>
    public string Folder => Path.Combine(
        SweepPlan.FolderName(Variant), HeldOutFold is { } fold ? $"seed-{Settings.Seed}-fold-{fold}" : $"seed-{Settings.Seed}");

    /// <summary>All runs of a sweep: seed by seed, so that a table over all variants is there as early as possible.</summary>
    public static IReadOnlyList<SweepRun> List(SweepPlan plan, int seeds, IReadOnlyList<int> heldOutFolds) =>
    [
        .. from seed in Enumerable.Range(0, seeds)
           from variant in plan.Variants
           from fold in heldOutFolds.Count == 0 ? [null] : heldOutFolds.Select(f => (int?)f)
           select new SweepRun(variant.Name, variant.Settings with { Seed = variant.Settings.Seed + seed }, fold),
    ];
}
