using MlNetSer.Training;
using SkiaSharp;

namespace MlNetSer.Cli;

/// <summary>Log-mel spectrograms as small PNG pictures, a pixel per value, low bands at the bottom.</summary>
internal static class SpectrogramPicture
{
    private static readonly ScottPlot.Color[] Colours =
        [.. Enumerable.Range(0, 256).Select(i => new ScottPlot.Colormaps.Viridis().GetColor(i / 255.0))];

    /// <summary>As a data address, which a page can hold.</summary>
    /// <param name="picture">The spectrogram.</param>
    /// <param name="lowest">What has the first colour.</param>
    /// <param name="highest">What has the last.</param>
    public static string DataAddress(LogMelSpectrogram picture, float lowest, float highest)
    {
        using var bitmap = new SKBitmap(picture.Frames, picture.Bands, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var frame = 0; frame < picture.Frames; frame++)
        {
            for (var band = 0; band < picture.Bands; band++)
            {
                var share = Math.Clamp((picture[frame, band] - lowest) / Math.Max(highest - lowest, 1e-6f), 0, 1);
                var colour = Colours[(int)Math.Round(share * (Colours.Length - 1))];
                bitmap.SetPixel(frame, picture.Bands - 1 - band, new(colour.Red, colour.Green, colour.Blue));
            }
        }
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return $"data:image/png;base64,{Convert.ToBase64String(png.AsSpan())}";
    }
}
