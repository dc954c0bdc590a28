using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Google.Protobuf;

namespace MlNetSer.Training;

/// <summary>
/// A file of scalars over steps, as TensorBoard reads it: records of the TFRecord format, each an Event message (tensorflow/core/util/event.proto).
/// What is written is in the file at once, so a killed process loses nothing and a curve can be watched while it grows.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private const string Version = "brain.Event:2";
    private const int SessionStart = 1;

    private readonly FileStream _file;

    private EventFile(FileStream file) => _file = file;

    /// <summary>Begins a file in a folder beside those that are there, or nothing if no folder is given.</summary>
    /// <param name="folder">The folder; made if absent.</param>
    /// <param name="firstStep">
    /// The first step that will be written. TensorBoard forgets what older files in the folder say from there on, so that a run that goes on at a
    /// checkpoint continues its curves and none is drawn twice.
    /// </param>
    public static EventFile? Open(string? folder, long firstStep)
    {
        if (folder is null) return null;
        Directory.CreateDirectory(folder);
        var events = new EventFile(Create(folder));
        events.Append(step: 0, output =>
        {
            output.WriteTag(3, WireFormat.WireType.LengthDelimited);
            output.WriteString(Version);
        });
        events.Append(firstStep, output => WriteMessage(output, 7, session =>
        {
            session.WriteTag(1, WireFormat.WireType.Varint);
            session.WriteEnum(SessionStart);
        }));
        return events;
    }

    /// <summary>Writes some values of a step; those that are null are left out.</summary>
    public void Write(long step, params IReadOnlyList<(string Tag, double? Value)> scalars)
    {
        if (scalars.All(s => s.Value is null)) return;
        Append(step, output => WriteMessage(output, 5, summary =>
        {
            foreach (var (tag, value) in scalars.Where(s => s.Value is not null))
            {
                WriteMessage(summary, 1, scalar =>
                {
                    scalar.WriteTag(1, WireFormat.WireType.LengthDelimited);
                    scalar.WriteString(tag);
                    scalar.WriteTag(2, WireFormat.WireType.Fixed32);
                    scalar.WriteFloat((float)value!);
                });
            }
        }));
    }

    public void Dispose() => _file.Dispose();

    /// <summary>TensorBoard reads a folder's files in the order of their names, and knows them by "tfevents".</summary>
    private static FileStream Create(string folder)
    {
        for (var seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds(); ; seconds++)
        {
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{seconds:D10}.mlnetser"));
            if (!File.Exists(path)) return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        }
    }

    private void Append(long step, Action<CodedOutputStream> writeContent)
    {
        using var message = new MemoryStream();
        using (var output = new CodedOutputStream(message, leaveOpen: true))
        {
            output.WriteTag(1, WireFormat.WireType.Fixed64);
            output.WriteDouble(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0);
            if (step != 0)
            {
                output.WriteTag(2, WireFormat.WireType.Varint);
                output.WriteInt64(step);
            }
            writeContent(output);
        }
        var content = message.GetBuffer().AsSpan(0, (int)message.Length);
        // Length, its checksum, the message, its checksum.
        var record = new byte[12 + content.Length + 4];
        BinaryPrimitives.WriteInt64LittleEndian(record, content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), MaskedChecksum(record.AsSpan(0, 8)));
        content.CopyTo(record.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + content.Length), MaskedChecksum(content));
        _file.Write(record);
        _file.Flush();
    }

    private static void WriteMessage(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        using var message = new MemoryStream();
        using (var inner = new CodedOutputStream(message, leaveOpen: true)) write(inner);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(message.GetBuffer(), 0, (int)message.Length));
    }

    /// <summary>CRC-32C, rotated and shifted, as the format has it, so that a checksum of checksums stays one.</summary>
    private static uint MaskedChecksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }
}
