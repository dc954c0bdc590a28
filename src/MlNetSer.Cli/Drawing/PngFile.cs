using ScottPlot;

namespace MlNetSer.Cli;

/// <summary>Pictures as PNG files.</summary>
internal static class PngFile
{
    public static void Write(string path, Image image)
    {
        using (image) AtomicFile.Write(path, stream => stream.Write(image.GetImageBytes(ImageFormat.Png)));
    }
}
