using Parquet;
using Parquet.Schema;

namespace MlNetSer.Cli;

/// <summary>
/// A column of lists, or of lists of lists, in Parquet's form: values, and for each of them where its lists begin (repetition level) and
/// whether they are there at all (definition level).
/// </summary>
internal sealed class ListColumn<T>(DataField field)
    where T : struct
{
    private readonly List<T> _values = [];
    private readonly List<int> _definitions = [];
    private readonly List<int> _repetitions = [];

    /// <summary>Values that are held.</summary>
    public int Count => _values.Count;

    /// <summary>Adds a row that is null.</summary>
    public void AddNull()
    {
        _definitions.Add(0);
        _repetitions.Add(0);
    }

    /// <summary>Adds a list. It must not be empty.</summary>
    /// <param name="list">Its values.</param>
    /// <param name="repetition">0 for a new row, 1 for another list of the same row.</param>
    public void Add(IEnumerable<T> list, int repetition = 0)
    {
        foreach (var value in list)
        {
            _values.Add(value);
            _definitions.Add(field.MaxDefinitionLevel);
            _repetitions.Add(repetition);
            repetition = field.MaxRepetitionLevel;
        }
    }

    public async Task WriteTo(ParquetRowGroupWriter group, CancellationToken cancellation)
    {
        await group.WriteAllPartsAsync<T>(field, _values.ToArray(), _definitions.ToArray(), _repetitions.ToArray(), cancellation).ConfigureAwait(false);
        _values.Clear();
        _definitions.Clear();
        _repetitions.Clear();
    }

    /// <summary>Reads the rows of a group, each as its innermost lists; null where the row is null.</summary>
    public static async Task<T[][]?[]> Read(ParquetRowGroupReader group, DataField field, CancellationToken cancellation)
    {
        var count = (int)(group.GetMetadata(field)?.MetaData?.NumValues ?? 0);
        var (values, definitions, repetitions) = (new T[count], new int[count], new int[count]);
        await group.ReadRawAsync<T>(field, values, definitions, repetitions, cancellation).ConfigureAwait(false);
        var rows = new List<T[][]?>();
        for (int entry = 0, at = 0; entry < count;)
        {
            if (definitions[entry] < field.MaxDefinitionLevel)
            {
                rows.Add(definitions[entry++] == 0 ? null : []);
                continue;
            }
            var row = new List<T[]>();
            do
            {
                var begin = at;
                do
                {
                    at++;
                    entry++;
                }
                while (entry < count && repetitions[entry] == field.MaxRepetitionLevel);
                row.Add(values[begin..at]);
            }
            while (entry < count && repetitions[entry] > 0);
            rows.Add([.. row]);
        }
        return [.. rows];
    }
}
