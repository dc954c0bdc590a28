using System.Security.Cryptography;

namespace MlNetSer.Cli;

/// <summary>Which encoder embeddings are of, in the metadata of Parquet files: its name, and the SHA-256 of its file.</summary>
internal static class EncoderIdentity
{
    private const string NameKey = "mlnetser.model";
    private const string HashKey = "mlnetser.model_hash";

    /// <summary>SHA-256 of a file in hexadecimal digits.</summary>
    public static string HashOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    public static Dictionary<string, string> ToMetadata(string name, string hash) => new() { [NameKey] = name, [HashKey] = hash };

    /// <summary>Null where the file does not say.</summary>
    public static (string Name, string Hash)? FromMetadata(IReadOnlyDictionary<string, string> metadata) =>
        metadata.TryGetValue(HashKey, out var hash) ? (metadata.GetValueOrDefault(NameKey, ""), hash) : null;
}
