using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetSer;

/// <summary>One clip as the evaluation's classifiers see it.</summary>
internal sealed class FeatureRow
{
    public float[] Features { get; set; } = [];

    public string Label { get; set; } = "";

    [NoColumn]
    public int Fold { get; set; }

    /// <summary>A vector per patch, where classifiers look at patches one by one.</summary>
    [NoColumn]
    public IReadOnlyList<float[]> Patches { get; set; } = [];

    public static IDataView Load(MLContext ml, IReadOnlyList<FeatureRow> rows)
    {
        var schema = SchemaDefinition.Create(typeof(FeatureRow));
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Features.Length);
        return ml.Data.LoadFromEnumerable(rows, schema);
    }
}
