namespace MlNetSer.Cli;

/// <summary>The checksum of zip archives (ISO 3309, reflected polynomial EDB88320).</summary>
internal static class Crc32
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Shifted)];

    /// <summary>The checksum of what came before, <paramref name="crc"/> (0 for nothing), followed by these bytes.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        foreach (var value in bytes) crc = (crc >> 8) ^ Table[(byte)crc ^ value];
        return ~crc;
    }

    private static uint Shifted(int value)
    {
        var crc = (uint)value;
        for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        return crc;
    }
}
