using System.Security.Cryptography;
using System.Text;

namespace MlNetSer.Cli;

/// <summary>The sounds of one part: those whose names hash to it, in ordinal order of their paths, each once.</summary>
internal static class ShardedSounds
{
    /// <summary>
    /// Cuts by the path relative to the folder or the list that the sound comes from, so that wherever an archive is mounted the parts are the same.
    /// </summary>
    public static IReadOnlyList<LabelledSound> Read(IEnumerable<string> data, Shard shard) =>
    [
        .. data.SelectMany(source =>
        {
            var root = Directory.Exists(source) ? source : Path.GetDirectoryName(Path.GetFullPath(source))!;
            return SoundArguments.Read([source]).Where(s => shard.Has(Path.GetRelativePath(root, s.Path).Replace('\\', '/')));
        })
        .DistinctBy(s => s.Path)
        .OrderBy(s => s.Path, StringComparer.Ordinal),
    ];

    /// <summary>SHA-256 of paths and labels, by which a changed list is noticed.</summary>
    internal sealed class Hash
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public static string Of(IEnumerable<LabelledSound> sounds)
        {
            var hash = new Hash();
            foreach (var sound in sounds) hash.Add(sound.Path, sound.Label);
            return hash.ToString();
        }

        public void Add(string path, string label) => _hash.AppendData(Encoding.UTF8.GetBytes($"{path}\n{label}\n"));

        /// <summary>In hexadecimal digits.</summary>
        public override string ToString() => Convert.ToHexStringLower(_hash.GetCurrentHash());
    }
}
