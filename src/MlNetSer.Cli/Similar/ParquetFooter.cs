using System.Buffers.Binary;

namespace MlNetSer.Cli;

/// <summary>
/// Looks at what a Parquet file says about itself before the library reads it, which takes each field for what it should be and never comes
/// to an end where a damaged file has another one in its place.
/// </summary>
internal static class ParquetFooter
{
    private const int TailSize = 8;

    private static readonly Shape Bool = new(1), Byte = new(3), Integer = new(5), Binary = new(8), Empty = Struct();

    private static readonly Shape Statistics =
        Struct((1, Binary), (2, Binary), (3, Integer), (4, Integer), (5, Binary), (6, Binary), (7, Bool), (8, Bool));

    private static readonly Shape KeyValue = Struct((1, Binary), (2, Binary));

    private static readonly Shape Time = Struct((1, Bool), (2, Struct((1, Empty), (2, Empty), (3, Empty))));

    private static readonly Shape LogicalType = Struct(
        (1, Empty), (2, Empty), (3, Empty), (4, Empty), (5, Struct((1, Integer), (2, Integer))), (6, Empty), (7, Time), (8, Time),
        (10, Struct((1, Byte), (2, Bool))), (11, Empty), (12, Empty), (13, Empty), (14, Empty), (15, Empty));

    private static readonly Shape Element = Struct(
        (1, Integer), (2, Integer), (3, Integer), (4, Binary), (5, Integer), (6, Integer), (7, Integer), (8, Integer), (9, Integer), (10, LogicalType));

    private static readonly Shape ColumnMetaData = Struct(
        (1, Integer), (2, List(Integer)), (3, List(Binary)), (4, Integer), (5, Integer), (6, Integer), (7, Integer), (8, List(KeyValue)), (9, Integer),
        (10, Integer), (11, Integer), (12, Statistics), (13, List(Struct((1, Integer), (2, Integer), (3, Integer)))), (14, Integer), (15, Integer),
        (16, Struct((1, Integer), (2, List(Integer)), (3, List(Integer)))));

    private static readonly Shape ColumnChunk =
        Struct((1, Binary), (2, Integer), (3, ColumnMetaData), (4, Integer), (5, Integer), (6, Integer), (7, Integer), (8, Shape.Refused), (9, Shape.Refused));

    private static readonly Shape RowGroup = Struct(
        (1, List(ColumnChunk)), (2, Integer), (3, Integer), (4, List(Struct((1, Integer), (2, Bool), (3, Bool)))), (5, Integer), (6, Integer), (7, Integer));

    private static readonly Shape File = Struct(
        (1, Integer), (2, List(Element)), (3, Integer), (4, List(RowGroup)), (5, List(KeyValue)), (6, Binary), (7, List(Struct((1, Empty)))),
        (8, Shape.Refused), (9, Shape.Refused));

    /// <summary>Looks at a file's end.</summary>
    /// <exception cref="InvalidDataException">It cannot be understood.</exception>
    public static void Check(Stream file)
    {
        Span<byte> tail = stackalloc byte[TailSize];
        if (file.Length < TailSize) throw CompactThrift.Damaged();
        file.Position = file.Length - TailSize;
        file.ReadExactly(tail);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (!tail[4..].SequenceEqual("PAR1"u8) || length > file.Length - TailSize) throw CompactThrift.Damaged();
        file.Position = file.Length - TailSize - length;
        var footer = new byte[length];
        file.ReadExactly(footer);
        var thrift = new CompactThrift(footer);
        Fields(ref thrift, File);
    }

    private static Shape Struct(params (int Field, Shape Shape)[] fields) => new(12, Fields: fields.ToDictionary(f => f.Field, f => f.Shape));

    private static Shape List(Shape element) => new(9, element);

    private static void Fields(ref CompactThrift thrift, Shape shape)
    {
        thrift.BeginStruct();
        while (thrift.NextField(out var field, out var kind))
        {
            // What is not known here the library passes over as well.
            if (!shape.Fields!.TryGetValue(field, out var value)) thrift.Skip(kind);
            else if (value.Fits(kind)) Value(ref thrift, value, kind);
            else throw CompactThrift.Damaged();
        }
        thrift.EndStruct();
    }

    private static void Value(ref CompactThrift thrift, Shape shape, int kind)
    {
        if (shape.Fields is not null) Fields(ref thrift, shape);
        else if (shape.Element is not { } element) thrift.Skip(kind);
        else
        {
            for (var left = thrift.ListHead(out var of); left > 0; left--)
            {
                if (!element.Fits(of)) throw CompactThrift.Damaged();
                Value(ref thrift, element, of);
            }
        }
    }

    /// <summary>What a field should hold, by Thrift's kinds: one of truth, one of all integers but bytes.</summary>
    private sealed record Shape(int Kind, Shape? Element = null, Dictionary<int, Shape>? Fields = null)
    {
        /// <summary>Of encrypted files.</summary>
        public static Shape Refused { get; } = new(-1);

        public bool Fits(int kind) => Kind == kind switch { 2 => 1, 4 or 6 => 5, _ => kind };
    }
}
