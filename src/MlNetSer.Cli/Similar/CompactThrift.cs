namespace MlNetSer.Cli;

/// <summary>Reads what Parquet files are described in: structs in Thrift's compact protocol.</summary>
internal ref struct CompactThrift(ReadOnlySpan<byte> bytes)
{
    private const int Stop = 0, True = 1, False = 2, Byte = 3, Double = 7, Binary = 8, List = 9, Set = 10, Map = 11, Struct = 12;

    /// <summary>Twice as deep as any description of a Parquet file is.</summary>
    private const int Deepest = 32;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly Stack<int> _outer = new();
    private int _field;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Goes to the next field of the struct, or says that it ends.</summary>
    public bool NextField(out int field, out int kind)
    {
        var head = Next();
        kind = head & 15;
        field = _field;
        if (kind == Stop) return false;
        field = _field = head >> 4 is > 0 and var step ? _field + step : Integer();
        return true;
    }

    /// <summary>Enters the struct that the field holds.</summary>
    public void BeginStruct()
    {
        if (_outer.Count == Deepest) throw Damaged();
        _outer.Push(_field);
        _field = 0;
    }

    /// <summary>Leaves it, after its last field.</summary>
    public void EndStruct() => _field = _outer.Pop();

    /// <summary>An integer field.</summary>
    public int Integer()
    {
        var zigzag = Unsigned();
        return (int)((long)(zigzag >> 1) ^ -(long)(zigzag & 1));
    }

    /// <summary>The kind of a list's elements, and how many there are: not more than there is room for.</summary>
    public int ListHead(out int kind)
    {
        var head = Next();
        kind = head & 15;
        var count = head >> 4 < 15 ? (uint)(head >> 4) : Unsigned();
        return count <= (ulong)(_bytes.Length - Position) ? (int)count : throw Damaged();
    }

    /// <summary>Passes over a value.</summary>
    public void Skip(int kind)
    {
        switch (kind)
        {
            case True or False:
                break;
            case Byte:
                Next();
                break;
            case > Byte and < Double:
                Unsigned();
                break;
            case Double:
                if (_bytes.Length - Position < sizeof(double)) throw Damaged();
                Position += sizeof(double);
                break;
            case Binary:
                var length = (int)Unsigned();
                if (length < 0 || length > _bytes.Length - Position) throw Damaged();
                Position += length;
                break;
            case Struct:
                BeginStruct();
                while (NextField(out _, out var inner)) Skip(inner);
                EndStruct();
                break;
            case List or Set:
                for (var left = ListHead(out var element); left > 0; left--) Skip(element is True or False ? Byte : element);
                break;
            // Parquet has none.
            case Map:
            default:
                throw Damaged();
        }
    }

    public static InvalidDataException Damaged() => new("what it says about itself cannot be understood");

    private ulong Unsigned()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Next();
            value |= (ulong)(part & 127) << shift;
            if (part < 128) return value;
        }
        throw Damaged();
    }

    private byte Next() => Position < _bytes.Length ? _bytes[Position++] : throw Damaged();
}
