/// <summary>A picture that a notebook shows, whatever hosts it.</summary>
/// <remarks>Verso asks for ToHtml; .NET Interactive finds the formatter by the names of the types and members below.</remarks>
[TypeFormatterSource(typeof(PictureFormatters))]
public class Picture(byte[] png)
{
    public byte[] Png => png;

    public string ToHtml() => $"<img src=\"data:image/png;base64,{Convert.ToBase64String(png)}\" />";
}

public class PictureFormatters
{
    public IEnumerable<object> CreateTypeFormatters() => [new PictureFormatter()];
}

public class PictureFormatter
{
    public string MimeType => "text/html";

    public bool Format(object picture, TextWriter writer)
    {
        writer.Write(((Picture)picture).ToHtml());
        return true;
    }
}

[AttributeUsage(AttributeTargets.Class)]
public class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType { get; } = formatterSourceType;

    public string[] PreferredMimeTypes { get; } = ["text/html"];
}
