using System.CommandLine;

namespace MlNetSer.Cli;

/// <summary>A verb of the tool, with the command lines that its help shows.</summary>
internal sealed class VerbCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Command lines without the tool's name.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
