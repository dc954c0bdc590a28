using System.Collections;

namespace MlNetSer.NotebookHost;

/// <summary>What cells call to show an object, as hosts offer it.</summary>
public static class NotebookDisplay
{
    internal static List<CellOutput> Outputs { get; } = [];

    internal static StringWriter Console { get; } = new();

    /// <summary>
    /// Shows an object by the formatter that its type names, found as .NET Interactive finds it: by names alone. Verso calls a method
    /// <c>ToHtml</c> instead; where both are there they must agree.
    /// </summary>
    public static void Display(this object value)
    {
        TakeConsole();
        var type = value.GetType();
        foreach (var formatter in FormattersOf(type))
        {
            var writer = new StringWriter();
            if (formatter.GetType().GetMethod("Format", [typeof(object), typeof(TextWriter)])!.Invoke(formatter, [value, writer]) is not true) continue;
            var html = writer.ToString();
            if (type.GetMethod("ToHtml", [])?.Invoke(value, []) is string other && other != html)
                throw new InvalidOperationException($"{type.Name}: ToHtml and the formatter differ.");
            Outputs.Add(new((string)formatter.GetType().GetProperty("MimeType")!.GetValue(formatter)!, html));
            return;
        }
        Outputs.Add(new(CellOutput.Text, value.ToString() ?? ""));
    }

    /// <summary>All outputs of the cell that has run.</summary>
    internal static CellOutput[] Take()
    {
        TakeConsole();
        CellOutput[] taken = [.. Outputs];
        Outputs.Clear();
        return taken;
    }

    private static void TakeConsole()
    {
        var text = Console.GetStringBuilder();
        if (text.Length > 0) Outputs.Add(new(CellOutput.Text, text.ToString()));
        text.Clear();
    }

    private static IEnumerable<object> FormattersOf(Type type)
    {
        foreach (var attribute in type.GetCustomAttributes(inherit: true).Where(a => a.GetType().Name == "TypeFormatterSourceAttribute"))
        {
            var source = Activator.CreateInstance((Type)attribute.GetType().GetProperty("FormatterSourceType")!.GetValue(attribute)!)!;
            foreach (var formatter in (IEnumerable)source.GetType().GetMethod("CreateTypeFormatters")!.Invoke(source, [])!) yield return formatter;
        }
    }
}
