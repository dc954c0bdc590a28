using System.Buffers.Binary;
using System.Text;

namespace MlNetSer.Training.Tests;

/// <summary>An event file's record: what is in its Event message.</summary>
internal sealed record EventRecord(double WallTime, long Step, string? Version, bool IsSessionStart, IReadOnlyList<(string Tag, float Value)> Scalars);

/// <summary>
/// Reads event files as the formats' descriptions have them (TFRecord, protobuf's wire format), bit by bit and with every checksum verified. Shares
/// nothing with the writer.
/// </summary>
internal static class EventReader
{
    public static List<EventRecord> Read(string path)
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        var records = new List<EventRecord>();
        while (bytes.Length > 0)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            Assert.Equal(Masked(bytes[..8]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
            var content = bytes.Slice(12, length);
            Assert.Equal(Masked(content), BinaryPrimitives.ReadUInt32LittleEndian(bytes[(12 + length)..]));
            records.Add(Event(content.ToArray()));
            bytes = bytes[(16 + length)..];
        }
        return records;
    }

    /// <summary>The scalars of a folder as TensorBoard draws them: a session's start takes back what older files say from its step on.</summary>
    public static Dictionary<string, List<(long Step, float Value)>> Curves(string folder)
    {
        var curves = new Dictionary<string, List<(long Step, float Value)>>();
        foreach (var record in Directory.GetFiles(folder, "*tfevents*").Order(StringComparer.Ordinal).SelectMany(Read))
        {
            if (record.IsSessionStart)
            {
                foreach (var curve in curves.Values) curve.RemoveAll(p => p.Step >= record.Step);
            }
            foreach (var (tag, value) in record.Scalars)
            {
                if (!curves.TryGetValue(tag, out var curve)) curves.Add(tag, curve = []);
                curve.Add((record.Step, value));
            }
        }
        return curves;
    }

    /// <summary>CRC-32C (Castagnoli) by polynomial division, then the mask of the TFRecord format.</summary>
    public static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = Crc32C(bytes);
        return unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u);
    }

    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xffffffffu;
        foreach (var value in bytes)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var divide = ((crc ^ (uint)(value >> bit)) & 1) == 1;
                crc >>= 1;
                if (divide) crc ^= 0x82f63b78u;
            }
        }
        return ~crc;
    }

    private static EventRecord Event(byte[] message)
    {
        var result = new EventRecord(0, 0, null, false, []);
        foreach (var (field, value) in Fields(message))
        {
            result = field switch
            {
                1 => result with { WallTime = BitConverter.Int64BitsToDouble(BitConverter.ToInt64(value)) },
                2 => result with { Step = BitConverter.ToInt64(value) },
                3 => result with { Version = Encoding.UTF8.GetString(value) },
                5 => result with { Scalars = [.. Fields(value).Select(scalar => Scalar(scalar.Value))] },
                // SessionLog.status is START.
                7 => result with { IsSessionStart = Fields(value).Any(f => f.Field == 1 && f.Value[0] == 1) },
                _ => throw new InvalidDataException($"Event has field {field}"),
            };
        }
        return result;
    }

    private static (string Tag, float Value) Scalar(byte[] message)
    {
        var fields = Fields(message).ToDictionary(f => f.Field, f => f.Value);
        return (Encoding.UTF8.GetString(fields[1]), BitConverter.ToSingle(fields[2]));
    }

    private static IEnumerable<(int Field, byte[] Value)> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = Varint();
            byte[] value = (key & 7) switch
            {
                0 => BitConverter.GetBytes(Varint()),
                1 => Take(8),
                2 => Take((int)Varint()),
                5 => Take(4),
                _ => throw new InvalidDataException($"wire type {key & 7}"),
            };
            yield return ((int)(key >> 3), value);

            byte[] Take(int count)
            {
                at += count;
                return message[(at - count)..at];
            }

            long Varint()
            {
                var number = 0L;
                for (var shift = 0; ; shift += 7)
                {
                    var next = message[at++];
                    number |= (long)(next & 127) << shift;
                    if (next < 128) return number;
                }
            }
        }
    }
}
