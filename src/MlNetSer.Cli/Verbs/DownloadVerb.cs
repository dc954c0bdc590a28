using System.CommandLine;

namespace MlNetSer.Cli;

/// <summary><c>download</c>: published data sets from their official addresses.</summary>
internal static class DownloadVerb
{
    public static VerbCommand Create(Screen screen)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "The data set. [default: lists what there is]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        name.AcceptOnlyFromAmong([.. DatasetSources.All.Select(s => s.Key)]);
        var to = new Option<string>("--to")
        {
            Description = "The folder in which it gets a folder of its own.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => ".",
        };
        var verb = new VerbCommand(
            "download",
            "Fetches a published data set and checks it. Ctrl-C stops it without loss, the same command goes on.",
            "download",
            "download esc50 --to data")
        {
            name, to,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(name) is not { } key)
            {
                List(screen);
                return Task.FromResult(Tool.Success);
            }
            // Each read has its own patience; a whole data set may take all night.
            using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
            http.DefaultRequestHeaders.UserAgent.ParseAdd(Tool.Name);
            var source = DatasetSources.All.Single(s => s.Key == key);
            return Task.FromResult(Run(new(source, parsed.GetRequiredValue(to), http, new()), screen, cancellation));
        });
        return verb;
    }

    internal sealed record Arguments(DatasetSource Source, string To, HttpClient Http, DownloadPolicy Policy);

    internal static int Run(Arguments arguments, Screen screen, CancellationToken cancellation)
    {
        var (source, to, http, policy) = arguments;
        screen.Line($"{source.Name}: {source.Content}");
        screen.Line($"Licence: {source.Licence}");
        screen.Line($"Please cite: {source.Citation}");
        string folder;
        try
        {
            folder = new DatasetDownload(new(http, policy), policy, screen).Run(source, to, cancellation);
        }
        catch (OperationCanceledException)
        {
            screen.Warn($"Stopped. Go on with: {Tool.Name} download {source.Key} --to {to}");
            throw;
        }
        screen.Line($"{folder}: {source.Sounds} sounds");
        screen.Json(new { source.Key, Folder = folder, source.Sounds, source.Licence, source.Citation });
        return Tool.Success;
    }

    private static void List(Screen screen)
    {
        screen.Table(
            ["name", "data set", "to fetch", "on disk", "licence"],
            DatasetSources.All.Select(s => (IReadOnlyList<string>)
            [
                s.Key,
                s.Name,
                s.FetchedBytes is { } bytes ? ByteCount.Text(bytes) : $"at most {ByteCount.Text(s.UnpackedBytes)}",
                ByteCount.Text(s.UnpackedBytes),
                s.Licence,
            ]));
        foreach (var source in DatasetSources.All)
        {
            screen.Line();
            screen.Line($"{source.Key}: {source.Content}");
            screen.Line($"  {source.Citation}");
            screen.Line($"  {source.Home}");
        }
        screen.Line();
        screen.Next("download NAME --to FOLDER");
        screen.Json(DatasetSources.All.Select(s => new { s.Key, s.Name, s.Content, s.Licence, s.Citation, s.Home, s.Sounds, s.FetchedBytes, s.UnpackedBytes }));
    }
}
