using System.Buffers.Binary;
using System.Text;

namespace MlNetSer.TorchOnnx;

/// <summary>
/// Symbol versions that a 64-bit little-endian ELF library needs (section <c>.gnu.version_r</c>; layout in the System V ABI's
/// "Symbol Versioning" and in &lt;elf.h&gt;).
/// </summary>
internal static class VersionNeeds
{
    private const uint SectionTypeVersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort FlagWeak = 0x2;                     // VER_FLG_WEAK: the dynamic linker accepts its absence

    /// <summary>Flags one needed version as weak, in place.</summary>
    /// <param name="elf">The whole library file.</param>
    /// <param name="version">The version's name, for example GLIBCXX_3.4.32.</param>
    /// <returns>Whether the library needs that version at all.</returns>
    /// <exception cref="InvalidDataException">The bytes are no 64-bit little-endian ELF file, or one cut short.</exception>
    internal static bool MarkWeak(Span<byte> elf, string version)
    {
        if (elf.Length < 64 || !elf.StartsWith("\u007fELF\u0002\u0001"u8))
            throw new InvalidDataException($"not a 64-bit little-endian ELF file ({elf.Length} bytes)");
        try
        {
            return MarkWeakUnchecked(elf, Encoding.ASCII.GetBytes(version));
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new InvalidDataException($"an ELF file whose section table points past its end ({elf.Length} bytes)", exception);
        }
    }

    private static bool MarkWeakUnchecked(Span<byte> elf, ReadOnlySpan<byte> version)
    {
        var found = false;
        for (var section = 0; section < UInt16(elf, 60); section++)
        {
            var header = SectionHeader(elf, section);
            if (UInt32(header, 4) != SectionTypeVersionNeeds) continue;
            var names = Content(elf, SectionHeader(elf, (int)UInt32(header, 40)));
            found |= MarkWeakInSection(Content(elf, header), entryCount: (int)UInt32(header, 44), names, version);
        }
        return found;
    }

    private static bool MarkWeakInSection(Span<byte> needs, int entryCount, ReadOnlySpan<byte> names, ReadOnlySpan<byte> version)
    {
        var found = false;
        for (var library = needs; entryCount-- > 0; library = library[(int)UInt32(library, 12)..])
        {
            var auxiliary = library[(int)UInt32(library, 8)..];
            for (var left = UInt16(library, 2); left > 0; left--, auxiliary = auxiliary[(int)UInt32(auxiliary, 12)..])
            {
                var name = names[(int)UInt32(auxiliary, 8)..];
                if (!name[..name.IndexOf((byte)0)].SequenceEqual(version)) continue;
                BinaryPrimitives.WriteUInt16LittleEndian(auxiliary[4..], (ushort)(UInt16(auxiliary, 4) | FlagWeak));
                found = true;
            }
        }
        return found;
    }

    private static Span<byte> SectionHeader(Span<byte> elf, int index) =>
        elf.Slice((int)UInt64(elf, 40) + index * UInt16(elf, 58), 64);

    private static Span<byte> Content(Span<byte> elf, ReadOnlySpan<byte> header) =>
        elf.Slice((int)UInt64(header, 24), (int)UInt64(header, 32));

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ulong UInt64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
