namespace MlNetSer.Endurance;

/// <summary>Damages inputs: bits, bytes, numbers, pieces, and pieces of other inputs.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> tokens)
{
    private const int LongestInput = 16_384;

    private static readonly ulong[] Extremes =
        [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 0x100000000, long.MaxValue, ulong.MaxValue];

    public byte[] Mutate(byte[] input, byte[] other)
    {
        var bytes = input.ToList();
        for (var changes = random.Next(2) == 0 ? 1 : 1 << random.Next(4); changes > 0; changes--)
        {
            if (bytes.Count == 0) bytes.Add((byte)random.Next(256));
            Change(bytes, other);
        }
        if (bytes.Count > LongestInput) bytes.RemoveRange(LongestInput, bytes.Count - LongestInput);
        return [.. bytes];
    }

    private void Change(List<byte> bytes, byte[] other)
    {
        // Most of it hits the beginning, where headers lie.
        var at = random.Next(random.Next(3) == 0 ? bytes.Count : Math.Min(bytes.Count, 64));
        var length = Math.Min(random.Next(1, 1 << random.Next(1, 8)), bytes.Count - at);
        switch (random.Next(12))
        {
            case 0 or 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 2: bytes[at] = (byte)random.Next(256); break;
            case 3: bytes[at] += (byte)random.Next(-4, 5); break;
            case 4: Overwrite(bytes, at, Number()); break;
            case 5: bytes.RemoveRange(at, length); break;
            case 6: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break;
            case 7: bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), length)); break;
            case 8 when tokens.Count > 0: Overwrite(bytes, at, Token()); break;
            case 9 when tokens.Count > 0: bytes.InsertRange(at, Token()); break;
            case 10 when other.Length > 0:
                var from = random.Next(other.Length);
                var piece = other.AsSpan(from, Math.Min(length, other.Length - from)).ToArray();
                if (random.Next(2) == 0) bytes.InsertRange(at, piece);
                else Overwrite(bytes, at, piece);
                break;
            case 11 when random.Next(4) == 0: bytes.RemoveRange(at, bytes.Count - at); break;
        }
    }

    private byte[] Token() => tokens[random.Next(tokens.Count)];

    private byte[] Number()
    {
        var bytes = BitConverter.GetBytes(Extremes[random.Next(Extremes.Length)]).AsSpan(0, 1 << random.Next(4)).ToArray();
        if (random.Next(2) == 0) Array.Reverse(bytes);
        return bytes;
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] with)
    {
        for (var i = 0; i < with.Length && at + i < bytes.Count; i++) bytes[at + i] = with[i];
    }
}
