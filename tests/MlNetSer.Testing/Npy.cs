using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace MlNetSer.Testing;

/// <summary>An array as NumPy stores it, in C order: float32, float64 and int64 only.</summary>
public sealed partial record Npy(long[] Shape, double[] Values)
{
    public float[] Floats => Array.ConvertAll(Values, v => (float)v);

    public static Npy Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream);
    }

    /// <summary>All arrays of an .npz file by name.</summary>
    public static IReadOnlyDictionary<string, Npy> ReadArchive(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        return archive.Entries.ToDictionary(
            e => Path.GetFileNameWithoutExtension(e.FullName),
            e =>
            {
                using var stream = e.Open();
                return Read(stream);
            });
    }

    private static Npy Read(Stream stream)
    {
        var head = new byte[10];
        stream.ReadExactly(head);
        if (head[6] != 1) throw new InvalidDataException($"npy format version {head[6]}, expected 1");
        var header = new byte[BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(8))];
        stream.ReadExactly(header);
        var text = Encoding.ASCII.GetString(header);
        if (text.Contains("'fortran_order': True", StringComparison.Ordinal)) throw new InvalidDataException("Fortran order");
        var type = TypePattern().Match(text).Groups[1].Value;
        var shape = ShapePattern().Match(text).Groups[1].Value
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(d => long.Parse(d, CultureInfo.InvariantCulture)).ToArray();
        var values = new double[shape.Aggregate(1L, (a, b) => a * b)];
        var size = type == "<f4" ? 4 : 8;
        var bytes = new byte[values.Length * size];
        stream.ReadExactly(bytes);
        for (var i = 0; i < values.Length; i++)
        {
            var item = bytes.AsSpan(i * size, size);
            values[i] = type switch
            {
                "<f4" => BinaryPrimitives.ReadSingleLittleEndian(item),
                "<f8" => BinaryPrimitives.ReadDoubleLittleEndian(item),
                "<i8" => BinaryPrimitives.ReadInt64LittleEndian(item),
                _ => throw new InvalidDataException($"npy type {type}"),
            };
        }
        return new Npy(shape, values);
    }

    [GeneratedRegex(@"'descr':\s*'([^']+)'")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'shape':\s*\(([^)]*)\)")]
    private static partial Regex ShapePattern();
}
