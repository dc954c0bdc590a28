using System.Buffers.Binary;
using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MlNetSer.Cli;

/// <summary>One of several equal parts of a list of work, for one of several processes.</summary>
/// <param name="Index">Which part, from 0.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct Shard(int Index, int Count)
{
    public static Shard Whole { get; } = new(0, 1);

    /// <summary>Whether the part has the item of this number.</summary>
    public bool Has(int number) => number % Count == Index;

    /// <summary>
    /// Whether the part has the item of this name, whatever other items there are: the first 8 bytes of the SHA-256 of the name in UTF-8, as
    /// a big-endian number, modulo the number of parts.
    /// </summary>
    public bool Has(string name) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))) % (ulong)Count == (ulong)Index;

    /// <summary>Reads I/N, or returns null.</summary>
    public static Shard? TryParse(string? text) =>
        text?.Split('/') is [var i, var n]
        && int.TryParse(i, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        && int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && index < count
            ? new Shard(index, count)
            : null;

    public override string ToString() => $"{Index}/{Count}";

    /// <summary>The option <c>--shard I/N</c>.</summary>
    public static Option<Shard> Option(string description) => new("--shard")
    {
        Description = description,
        HelpName = "I/N",
        DefaultValueFactory = _ => Whole,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (TryParse(text) is { } shard) return shard;
            result.AddError($"--shard is '{text}', expected I/N with I from 0 to N - 1");
            return Whole;
        },
    };
}
