namespace MlNetSer.Cli;

/// <summary>The head of a Parquet page as far as a search needs it.</summary>
/// <param name="Length">Of the head itself, in bytes.</param>
/// <param name="Size">Of what follows, in bytes.</param>
/// <param name="Values">Number of values, those included that are null.</param>
/// <param name="IsPlain">Whether it is a data page (version 1) whose values lie there as they are.</param>
internal readonly record struct PageHeader(int Length, int Size, int Values, bool IsPlain)
{
    /// <summary>Reads a head, which is a Thrift struct in the compact protocol.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static PageHeader Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactThrift(bytes);
        int type = -1, size = 0, values = 0, encoding = -1;
        while (reader.NextField(out var field, out var kind))
        {
            if (field == 1) type = reader.Integer();
            else if (field == 3) size = reader.Integer();
            else if (field == 5)
            {
                reader.BeginStruct();
                while (reader.NextField(out var inner, out var innerKind))
                {
                    if (inner == 1) values = reader.Integer();
                    else if (inner == 2) encoding = reader.Integer();
                    else reader.Skip(innerKind);
                }
                reader.EndStruct();
            }
            else reader.Skip(kind);
        }
        const int DataPage = 0, Plain = 0;
        return new(reader.Position, size, values, type == DataPage && encoding == Plain);
    }
}
