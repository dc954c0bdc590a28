using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MlNetSer.Cli;

/// <summary>The usual help, followed by the verb's examples, or by one of each verb for the tool as a whole.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => usual.ClearsParseErrors;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var result = usual.Invoke(parseResult);
        var command = parseResult.CommandResult.Command;
        var examples = command is VerbCommand verb
            ? verb.Examples
            : [.. command.Subcommands.OfType<VerbCommand>().Select(v => v.Examples[0])];
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
        foreach (var example in examples) output.WriteLine($"  {Tool.Name} {example}");
        output.WriteLine();
        return result;
    }
}
