using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MlNetSer;

/// <summary>A share of the clips of every label, chosen by seed and file name alone.</summary>
internal static class StratifiedShare
{
    /// <summary>The chosen clips: of each label the rounded share, but at least one and never all. A label with one clip gives none.</summary>
    public static HashSet<LabelledSound> Of(IEnumerable<LabelledSound> sounds, double share, long seed) =>
        [.. sounds.GroupBy(s => s.Label).SelectMany(label => Take([.. label], share, seed))];

    private static IEnumerable<LabelledSound> Take(LabelledSound[] clips, double share, long seed)
    {
        var count = clips.Length < 2 ? 0 : Math.Clamp((int)Math.Round(share * clips.Length), 1, clips.Length - 1);
        return clips.OrderBy(s => Draw(Path.GetFileName(s.Path), seed)).ThenBy(s => s.Path, StringComparer.Ordinal).Take(count);
    }

    // A hash, so that neither the order of the table nor the runtime's random numbers have a say.
    private static ulong Draw(string name, long seed) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{seed}/{name}"))));
}
