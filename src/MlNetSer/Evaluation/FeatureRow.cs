using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetSer;

/// <summary>One clip as the evaluation's classifiers see it.</summary>
internal sealed class FeatureRow
{
    /// <summary>The vector. It refuses once <see cref="Stop"/> is cancelled: ML.NET's trainers take no token, but they ask for rows all the time.</summary>
    public float[] Features
    {
        get
        {
            Stop.ThrowIfCancellationRequested();
            return field;
        }
        set;
    }
        = [];

    public string Label { get; set; } = "";

    [NoColumn]
    public int Fold { get; set; }

    /// <summary>A vector per patch, where classifiers look at patches one by one.</summary>
    [NoColumn]
    public IReadOnlyList<float[]> Patches { get; set; } = [];

    [NoColumn]
    public CancellationToken Stop { get; set; }

    public static IDataView Load(MLContext ml, IReadOnlyList<FeatureRow> rows)
    {
        var schema = SchemaDefinition.Create(typeof(FeatureRow));
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Features.Length);
        return ml.Data.LoadFromEnumerable(rows, schema);
    }
}
