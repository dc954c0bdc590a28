namespace MlNetSer;

/// <summary>ESC-50 (K. J. Piczak, 2015) as its repository has it, with five folds; ESC-10 is its part with the column esc10 True.</summary>
internal static class EscLayout
{
    public const string Audio = "audio";
    public static readonly string Table50 = Path.Combine("meta", "esc50.csv");
    public static readonly string Table10 = Path.Combine("meta", "esc10.csv");

    public static IReadOnlyList<LabelledSound> Read50(string folder) => Read(folder, Table50);

    public static IReadOnlyList<LabelledSound> Read10(string folder) => Read(folder, Table10);

    private static IReadOnlyList<LabelledSound> Read(string folder, string relative)
    {
        var table = DatasetFiles.Table(folder, relative);
        var (file, fold, category) = (table.Column("filename"), table.Column("fold"), table.Column("category"));
        var audio = Path.Combine(folder, Audio);
        return DatasetFiles.RequireSome(
            [.. table.Rows.Select(row => new LabelledSound(DatasetFiles.Sound(audio, row, file), row.Text(category), row.Whole(fold, 1, 5)))],
            table.Path,
            audio);
    }
}
