using System.Globalization;
using System.Text.RegularExpressions;
using MlNetSer.NotebookHost;
using SkiaSharp;

namespace MlNetSer.Packages.Tests.Notebooks;

/// <summary>
/// Whether outputs are the saved ones: text and whole numbers exactly, numbers with decimals within a tenth of themselves and percentages within
/// fifteen points (other processors round otherwise, training carries that on, and one sound of the notebooks' 48 is two points), pictures by their size and
/// by what they look like from afar (other machines have other fonts).
/// </summary>
internal static partial class OutputComparison
{
    private const double NumberTolerance = 0.1;
    private const double PointsTolerance = 15;
    private const string Percent = " %";
    private const int Thumbnail = 24;
    private const double MeanPixelTolerance = 0.04;

    /// <summary>What differs, or null.</summary>
    public static string? Difference(IReadOnlyList<CellOutput> saved, IReadOnlyList<CellOutput> now)
    {
        if (saved.Count != now.Count) return $"{now.Count} outputs, saved are {saved.Count}";
        return saved.Zip(now, (s, n) => s.MimeType != n.MimeType
            ? $"{n.MimeType}, saved is {s.MimeType}"
            : s.MimeType == NotebookFile.Picture ? PictureDifference(s.Content, n.Content) : TextDifference(s.Content, n.Content)).FirstOrDefault(d => d is not null);
    }

    /// <summary>What differs between two texts, or null.</summary>
    public static string? TextDifference(string saved, string now)
    {
        string[] savedParts = Number().Split(saved), nowParts = Number().Split(now);
        var same = savedParts.Length == nowParts.Length
            && savedParts.Zip(nowParts).All(pair => pair.First == pair.Second || AreClose(pair.First, pair.Second));
        return same ? null : $"saved:\n{saved}\nnow:\n{now}";
    }

    /// <summary>What differs between two pictures, PNG in base 64, or null.</summary>
    public static string? PictureDifference(string saved, string now)
    {
        using SKBitmap a = SKBitmap.Decode(Convert.FromBase64String(saved)), b = SKBitmap.Decode(Convert.FromBase64String(now));
        if (a.Info.Size != b.Info.Size) return $"a picture of {b.Width} x {b.Height}, saved is {a.Width} x {a.Height}";
        byte[] small = Shrink(a), smallNow = Shrink(b);
        var difference = small.Zip(smallNow, (x, y) => Math.Abs(x - y)).Average() / byte.MaxValue;
        return difference <= MeanPixelTolerance ? null : string.Create(
            CultureInfo.InvariantCulture, $"a picture that differs by {difference:f3} on average, {MeanPixelTolerance} is allowed");
    }

    private static bool AreClose(string saved, string now)
    {
        if (saved.EndsWith(Percent, StringComparison.Ordinal) != now.EndsWith(Percent, StringComparison.Ordinal)) return false;
        return saved.Contains('.', StringComparison.Ordinal) && now.Contains('.', StringComparison.Ordinal)
            && double.TryParse(saved.Replace(Percent, "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out var x)
            && double.TryParse(now.Replace(Percent, "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out var y)
            && Math.Abs(x - y) <= Math.Max(NumberTolerance * Math.Max(Math.Abs(x), Math.Abs(y)), saved.EndsWith(Percent, StringComparison.Ordinal) ? PointsTolerance : 0);
    }

    private static byte[] Shrink(SKBitmap picture)
    {
        using var small = picture.Resize(
            new SKImageInfo(Thumbnail, Thumbnail, SKColorType.Rgba8888), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        return small.Bytes;
    }

    // The capturing group keeps the numbers among the parts.
    [GeneratedRegex(@"(-?\d+(?:\.\d+)?(?: %)?)")]
    private static partial Regex Number();
}
