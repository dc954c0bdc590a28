namespace MlNetSer;

/// <summary>
/// FSDnoisy18k (E. Fonseca et al., 2019), the paper's data set: 20 classes, many training clips with labels that nobody verified, few with
/// verified ones, and a verified test set. Section 3.1 of the paper pretrains on the noisy ones, without their labels.
/// </summary>
/// <param name="TrainNoisy">Training clips whose labels may be wrong.</param>
/// <param name="TrainClean">Training clips with verified labels.</param>
/// <param name="Test">Test clips with verified labels.</param>
public sealed record FsdNoisy18k(
    IReadOnlyList<LabelledSound> TrainNoisy, IReadOnlyList<LabelledSound> TrainClean, IReadOnlyList<LabelledSound> Test)
{
    /// <summary>The share of the clean training clips that the second task validates on.</summary>
    public const double ValidationShare = 0.15;

    internal static readonly string TrainTable = Path.Combine("FSDnoisy18k.meta", "train.csv");
    private static readonly string TestTable = Path.Combine("FSDnoisy18k.meta", "test.csv");

    /// <summary>Reads the data set in the layout in which it is published: FSDnoisy18k.audio_train, .audio_test and .meta.</summary>
    /// <param name="folder">The folder that these three lie in.</param>
    /// <returns>Its three parts, each in the order of its table.</returns>
    /// <exception cref="InvalidDataException">A row of a table cannot be used, or a part is empty; the message names file, line and value.</exception>
    /// <exception cref="FileNotFoundException">A table is missing, or none of its sounds is there.</exception>
    public static FsdNoisy18k Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var train = DatasetFiles.Table(folder, TrainTable);
        var verified = train.Column("manually_verified");
        var sounds = Part(folder, train, "FSDnoisy18k.audio_train", isTest: false);
        var isClean = train.Rows.Select(row => row.Whole(verified, 0, 1) == 1);
        var parts = sounds.Zip(isClean).ToLookup(s => s.Second, s => s.First);
        return new(
            Require(parts[false], $"'{train.Path}' lists no clip with manually_verified 0"),
            Require(parts[true], $"'{train.Path}' lists no clip with manually_verified 1"),
            Part(folder, DatasetFiles.Table(folder, TestTable), "FSDnoisy18k.audio_test", isTest: true));
    }

    /// <summary>The paper's first task: train on the noisy clips, validate on the clean ones.</summary>
    public SoundTask NoisyTask() => new("train_noisy", TrainNoisy, TrainClean, Test);

    /// <summary>The paper's second task: train on 85 % of the clean clips, validate on the other 15 %.</summary>
    /// <param name="seed">Decides which; the same seed and file names give the same clips, wherever and in whatever order they lie.</param>
    public SoundTask CleanTask(long seed = 0)
    {
        var held = StratifiedShare.Of(TrainClean, ValidationShare, seed);
        return new("train_clean", [.. TrainClean.Where(s => !held.Contains(s))], [.. TrainClean.Where(held.Contains)], Test);
    }

    internal IReadOnlyList<LabelledSound> All() => [.. TrainNoisy, .. TrainClean, .. Test];

    private static IReadOnlyList<LabelledSound> Part(string folder, CsvTable table, string audioName, bool isTest)
    {
        var (file, label) = (table.Column("fname"), table.Column("label"));
        var audio = Path.Combine(folder, audioName);
        return DatasetFiles.RequireSome(
            [.. table.Rows.Select(row => new LabelledSound(DatasetFiles.Sound(audio, row, file), row.Text(label)) { IsTest = isTest })],
            table.Path,
            audio);
    }

    private static LabelledSound[] Require(IEnumerable<LabelledSound> sounds, string otherwise)
    {
        LabelledSound[] all = [.. sounds];
        return all.Length > 0 ? all : throw new InvalidDataException($"{otherwise}: both kinds are needed.");
    }
}
