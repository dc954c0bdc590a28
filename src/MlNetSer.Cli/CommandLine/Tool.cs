using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace MlNetSer.Cli;

/// <summary>The command line as a whole: verbs, help, errors, exit codes, Ctrl-C.</summary>
internal static class Tool
{
    /// <summary>The name that users type.</summary>
    public const string Name = "mlnetser";

    /// <summary>The verb did what it was asked for.</summary>
    public const int Success = 0;

    /// <summary>The verb could not do it; one line on stderr says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line cannot be understood.</summary>
    public const int WrongUsage = 2;

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Writes the result as JSON, for programs; progress and errors go to standard error as always.",
        Recursive = true,
    };

    private static readonly Option<bool> Quiet = new("--quiet")
    {
        Description = "No progress and no hints: results, warnings and errors only.",
        Recursive = true,
    };

    public static int Run(string[] arguments, Screen screen)
    {
        var parsed = CreateRoot(screen).Parse(arguments);
        if ((parsed.Action is ParseErrorAction ? parsed.Errors[0].Message : EmptyValue(parsed)) is { } error)
        {
            var path = parsed.CommandResult.Command is VerbCommand verb ? $"{Name} {verb.Name}" : Name;
            screen.Error($"{Failure.OneLine(error).TrimEnd('.')}. See '{path} --help'.");
            return WrongUsage;
        }
        (screen.IsJson, screen.IsQuiet) = (parsed.GetValue(Json), parsed.GetValue(Quiet));
        using var interruption = new Interruption(screen);
        try
        {
            // Ctrl-C is handled here and exceptions below: the library would kill the process after two seconds and print stack traces.
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return parsed.InvokeAsync(configuration, interruption.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
        catch (Exception e) when (Failure.Explain(e) is { } message)
        {
            screen.Error(message);
            return Failed;
        }
    }

    /// <summary>What is wrong where a value is "", as a script's variable without one is, or null.</summary>
    private static string? EmptyValue(ParseResult parsed) => parsed.CommandResult.Children
        .Where(child => child.Tokens.Any(token => token.Value.Length == 0))
        .Select(child => child switch
        {
            OptionResult option => $"The value of {option.Option.Name} is empty, expected {option.Option.HelpName ?? "a value"}",
            ArgumentResult argument => $"The value of {argument.Argument.Name} is empty",
            _ => null,
        })
        .FirstOrDefault(error => error is not null);

    private static RootCommand CreateRoot(Screen screen)
    {
        var root = new RootCommand("Sound event recognition: pretrain encoders on sounds without labels, use them anywhere as ONNX files.")
        {
            HelpName = Name,
        };
        VerbCommand[] verbs =
        [
            DemoVerb.Create(screen),
            DownloadVerb.Create(screen),
            PretrainVerb.Create(screen),
            ExportVerb.Create(screen),
            ImportVerb.Create(screen),
            EmbedVerb.Create(screen),
            SimilarVerb.Create(screen),
            EvaluateVerb.Create(screen),
            FinetuneVerb.Create(screen),
            PredictVerb.Create(screen),
            SweepVerb.Create(screen),
            ReproduceVerb.Create(screen),
            ViewsVerb.Create(screen),
            ReportVerb.Create(screen),
            InfoVerb.Create(screen),
        ];
        foreach (var verb in verbs) root.Add(verb);
        root.Add(Json);
        root.Add(Quiet);
        var option = root.Options.OfType<HelpOption>().Single();
        var help = new HelpWithExamples((HelpAction)option.Action!);
        option.Action = help;
        root.SetAction(parsed =>
        {
            help.Invoke(parsed);
            return WrongUsage;
        });
        return root;
    }
}
