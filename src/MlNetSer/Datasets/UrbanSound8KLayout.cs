using System.Globalization;

namespace MlNetSer;

/// <summary>UrbanSound8K (J. Salamon, C. Jacoby, J. P. Bello, 2014) as it is published: ten folds, a folder for each.</summary>
internal static class UrbanSound8KLayout
{
    public static readonly string Table = Path.Combine("metadata", "UrbanSound8K.csv");

    public static IReadOnlyList<LabelledSound> Read(string folder)
    {
        var table = DatasetFiles.Table(folder, Table);
        var (file, fold, label) = (table.Column("slice_file_name"), table.Column("fold"), table.Column("class"));
        var audio = Path.Combine(folder, "audio");
        return DatasetFiles.RequireSome([.. table.Rows.Select(Sound)], table.Path, audio);

        LabelledSound Sound(CsvTable.Row row)
        {
            var number = row.Whole(fold, 1, 10);
            var place = Path.Combine(audio, string.Create(CultureInfo.InvariantCulture, $"fold{number}"));
            return new(DatasetFiles.Sound(place, row, file), row.Text(label), number);
        }
    }
}
