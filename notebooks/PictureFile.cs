/// <summary>Where there is no notebook, a picture becomes a file in the current folder.</summary>
public static class PictureFile
{
    private static int s_count;

    /// <summary>Shows a picture.</summary>
    public static void Display(this Picture picture)
    {
        var path = Path.GetFullPath($"picture-{++s_count}.png");
        File.WriteAllBytes(path, picture.Png);
        Console.Error.WriteLine(path);
    }
}
