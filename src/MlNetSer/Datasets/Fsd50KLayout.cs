namespace MlNetSer;

/// <summary>FSD50K (E. Fonseca et al., 2022) as it is published: several labels per sound, the evaluation set as test set.</summary>
internal static class Fsd50KLayout
{
    public static readonly string DevTable = Path.Combine("FSD50K.ground_truth", "dev.csv");
    private static readonly string EvalTable = Path.Combine("FSD50K.ground_truth", "eval.csv");

    public static IReadOnlyList<LabelledSound> Read(string folder) =>
        [.. Part(folder, DevTable, "FSD50K.dev_audio", false), .. Part(folder, EvalTable, "FSD50K.eval_audio", true)];

    private static IReadOnlyList<LabelledSound> Part(string folder, string relative, string audioName, bool isTest)
    {
        var table = DatasetFiles.Table(folder, relative);
        var (file, labels) = (table.Column("fname"), table.Column("labels"));
        var split = isTest ? -1 : table.Column("split");
        var audio = Path.Combine(folder, audioName);
        return DatasetFiles.RequireSome([.. table.Rows.Select(Sound)], table.Path, audio);

        LabelledSound Sound(CsvTable.Row row)
        {
            if (split >= 0 && row.Text(split) is not ("train" or "val")) throw row.Wrong(split, "train or val");
            return new(DatasetFiles.Sound(audio, row, file), row.Text(labels)) { IsTest = isTest, IsMultiLabel = true };
        }
    }
}
