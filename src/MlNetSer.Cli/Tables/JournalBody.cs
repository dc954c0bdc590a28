using System.Runtime.InteropServices;

namespace MlNetSer.Cli;

/// <summary>An embedding, and the patches' where they are asked for, as a journal keeps them.</summary>
internal static class JournalBody
{
    public static byte[] Of(RecordingEmbedding embedding)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer))
        {
            writer.Write(embedding.Seconds);
            Write(writer, embedding.Vector);
            writer.Write(embedding.Patches?.Count ?? -1);
            foreach (var patch in embedding.Patches ?? [])
            {
                writer.Write(patch.Milliseconds);
                Write(writer, [.. patch.Vector]);
            }
        }
        return buffer.ToArray();
    }

    public static RecordingEmbedding Read(byte[] body)
    {
        using var reader = new BinaryReader(new MemoryStream(body));
        var (seconds, vector, patches) = (reader.ReadDouble(), ReadVector(reader), reader.ReadInt32());
        return new(seconds, vector, patches < 0 ? null : [.. Enumerable.Range(0, patches).Select(_ => new TimestampEmbedding(reader.ReadDouble(), ReadVector(reader)))]);
    }

    private static void Write(BinaryWriter writer, float[] vector)
    {
        writer.Write(vector.Length);
        writer.Write(MemoryMarshal.AsBytes<float>(vector));
    }

    private static float[] ReadVector(BinaryReader reader)
    {
        var vector = new float[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(vector.AsSpan()));
        return vector;
    }
}
