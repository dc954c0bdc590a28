using System.Globalization;

namespace MlNetSer.Cli;

/// <summary>Numbers of bytes for people, in decimal units as disks and servers have them.</summary>
internal static class ByteCount
{
    public static string Text(double bytes) => bytes switch
    {
        >= 1e9 => Rounded(bytes / 1e9, "GB"),
        >= 1e6 => Rounded(bytes / 1e6, "MB"),
        >= 1e3 => Rounded(bytes / 1e3, "kB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes:0} bytes"),
    };

    private static string Rounded(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {unit}");
}
