using System.Text.RegularExpressions;
using MlNetSer.Testing;

namespace MlNetSer.Packages.Tests.Notebooks;

/// <summary>
/// A file-based app in <c>notebooks/</c>, which is also the source of the notebook beside it. <c>// %%</c> begins a cell of code, <c>// %% [markdown]</c>
/// one of text, <c>// %% [include] FILE</c> one with that file, and <c>// %% [packages] NAMES</c> the one with the package references: the app's own, and
/// the native runtimes, which an app gets from its folder's build file.
/// </summary>
internal sealed partial class NotebookSource
{
    private NotebookSource(string name)
    {
        Name = name;
        var parts = Cell().Split(File.ReadAllText(AppPath).ReplaceLineEndings("\n"));
        var references = Directive().Matches(parts[0]).Select(d => d.Groups["name"].Value).ToList();
        for (var i = 1; i < parts.Length; i += 3)
        {
            var (kind, argument, text) = (parts[i], parts[i + 1].Trim(), parts[i + 2].Trim('\n'));
            switch (kind)
            {
                case "":
                    Add(isCode: true, text);
                    break;
                case "markdown":
                    Add(isCode: false, Comment().Replace(text, ""));
                    break;
                case "include":
                    Add(isCode: true, File.ReadAllText(Repository.File("notebooks", argument)).ReplaceLineEndings("\n").Trim('\n'));
                    break;
                case "packages":
                    references.AddRange(argument.Split(' ', StringSplitOptions.RemoveEmptyEntries));
                    // The namespace is implied in apps and in Verso, but not in .NET Interactive.
                    Add(isCode: true, string.Join('\n', [.. references.Select(Reference), "using System.IO;"]));
                    break;
                default:
                    throw new InvalidDataException($"{AppPath}: there are no cells of the kind [{kind}].");
            }
        }
        References = references;

        void Add(bool isCode, string text) => Cells.Add(new(isCode, text, []));
    }

    /// <summary>All apps that are notebooks, too.</summary>
    public static IReadOnlyList<NotebookSource> All { get; } =
        [.. Directory.GetFiles(Repository.File("notebooks"), "*.ipynb").Order(StringComparer.Ordinal).Select(path => new NotebookSource(Path.GetFileNameWithoutExtension(path)))];

    public string Name { get; }

    public string AppPath => Repository.File("notebooks", Name + ".cs");

    public string NotebookPath => Repository.File("notebooks", Name + ".ipynb");

    /// <summary>Names of packages.</summary>
    public IReadOnlyList<string> References { get; }

    /// <summary>Without outputs.</summary>
    public List<NotebookCell> Cells { get; } = [];

    public override string ToString() => Name;

    /// <summary>Our packages come in whatever version there is, others in the one that ours were built with.</summary>
    private static string Reference(string name)
    {
        var reference = RestoredPackages.VersionOf(name) is { } version ? $"#r \"nuget: {name}, {version}\"" : $"#r \"nuget: {name}\"";
        return name == "libtorch-cpu-linux-x64" ? reference + "   // on Windows libtorch-cpu-win-x64, on a Mac libtorch-cpu-osx-arm64" : reference;
    }

    [GeneratedRegex(@"^// %% ?\[?(\w*)\]?(.*)\n", RegexOptions.Multiline)]
    private static partial Regex Cell();

    [GeneratedRegex(@"^#:(project \S*/(?<name>[\w.]+)\.csproj|package (?<name>[\w.]+))$", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex("^// ?", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
