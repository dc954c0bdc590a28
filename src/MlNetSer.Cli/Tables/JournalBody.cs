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

    /// <summary>What <see cref="Of"/> was given, or null if these bytes are no such thing.</summary>
    /// <param name="body">The bytes, or null.</param>
    /// <param name="embeddingSize">Length of an embedding.</param>
    /// <param name="patches">Whether there are patches.</param>
    public static RecordingEmbedding? Read(byte[]? body, int embeddingSize, bool patches)
    {
        if (body is null) return null;
        using var reader = new BinaryReader(new MemoryStream(body));
        try
        {
            var (seconds, vector, count) = (reader.ReadDouble(), ReadVector(reader, embeddingSize), reader.ReadInt32());
            if (patches ? count < 0 || count > body.Length / embeddingSize : count != -1) return null;
            var read = patches
                ? Enumerable.Range(0, count).Select(_ => new TimestampEmbedding(reader.ReadDouble(), ReadVector(reader, embeddingSize))).ToArray()
                : null;
            return reader.BaseStream.Position == body.Length ? new(seconds, vector, read) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static void Write(BinaryWriter writer, float[] vector)
    {
        writer.Write(vector.Length);
        writer.Write(MemoryMarshal.AsBytes<float>(vector));
    }

    private static float[] ReadVector(BinaryReader reader, int size)
    {
        if (reader.ReadInt32() != size) throw new EndOfStreamException();
        var vector = new float[size];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(vector.AsSpan()));
        return vector;
    }
}
