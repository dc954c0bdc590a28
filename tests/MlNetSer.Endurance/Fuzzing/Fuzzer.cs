using System.Diagnostics;
using System.Security.Cryptography;

namespace MlNetSer.Endurance;

/// <summary>What a run of fuzzing saw.</summary>
internal sealed record FuzzReport(
    string Target, long Inputs, long Read, int Corpus, int Edges, TimeSpan Time, TimeSpan Longest, long MostMemory, IReadOnlyList<FuzzFinding> Findings)
{
    public override string ToString() => FormattableString.Invariant(
        $"{Target,-12} {Inputs,9:N0} inputs in {Time.TotalSeconds,6:N0} s: {Read,9:N0} read, {Inputs - Read,9:N0} refused; {Edges,5:N0} branches, {Corpus,5:N0} inputs kept; at most {Longest.TotalMilliseconds:N0} ms and {MostMemory / 1e6:N1} MB; {Findings.Count} findings");
}

/// <summary>An input that does what no input may do.</summary>
internal sealed record FuzzFinding(byte[] Input, string Problem);

/// <summary>
/// Gives a reader one damaged input after the other. Each must be read or be refused by a documented exception of one line, soon and
/// in little memory. Inputs that lead somewhere new are damaged further.
/// </summary>
internal sealed class Fuzzer(FuzzTarget target, int seed)
{
    private const int MostFindings = 20;

    /// <summary>A file that no reader should take longer for; generous, as other work may hold the machine.</summary>
    private static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(5);

    private readonly Random _random = new(seed);
    private readonly List<FuzzFinding> _findings = [];
    private readonly HashSet<string> _kinds = [];
    private TimeSpan _longest;
    private long _mostMemory;
    private long _read;

    public FuzzReport Run(long inputs)
    {
        using var coverage = new Coverage();
        var mutator = new Mutator(_random, target.Tokens);
        var corpus = target.Corpus().Select(c => c.Content).ToList();
        var wellFormed = corpus.Count;
        foreach (var seed in corpus)
        {
            Try(seed, coverage);
            coverage.IsNew();
        }
        _read = 0;
        var start = Stopwatch.GetTimestamp();
        var done = 0L;
        for (; done < inputs && _findings.Count < MostFindings; done++)
        {
            var input = mutator.Mutate(corpus[_random.Next(_random.Next(2) == 0 ? wellFormed : corpus.Count)], corpus[_random.Next(corpus.Count)]);
            if (target.Repair is { } repair && _random.Next(4) > 0) input = repair(input);
            Try(input, coverage);
            if (coverage.IsNew()) corpus.Add(input);
        }
        return new(target.Name, done, _read, corpus.Count, coverage.Edges, Stopwatch.GetElapsedTime(start), _longest, _mostMemory, _findings);
    }

    /// <summary>What is wrong with how the reader takes an input; null if nothing is.</summary>
    public string? Try(byte[] input, Coverage? coverage = null)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        coverage?.Begin();
        string? problem = null;
        // An input that is never done with would otherwise leave no trace.
        using (var watchdog = new Timer(_ => GiveUp(input), null, TimeSpan.FromMinutes(2), Timeout.InfiniteTimeSpan))
        {
            try
            {
                target.Read(input);
                _read++;
            }
            catch (Exception e) when (target.IsDocumented(e))
            {
                if (e.Message.AsSpan().ContainsAny('\r', '\n')) problem = $"the message has several lines: {e.Message}";
            }
            catch (Exception e)
            {
                problem = e.ToString();
            }
        }
        var (time, memory) = (Stopwatch.GetElapsedTime(start), GC.GetAllocatedBytesForCurrentThread() - before);
        (_longest, _mostMemory) = (Max(_longest, time), Math.Max(_mostMemory, memory));
        if (memory > target.MostMemory + (100L * input.Length)) problem ??= $"{input.Length} bytes took {memory} bytes of memory";
        // A machine with too much to do, or a full disk, is not the reader's fault.
        if (time > LongestTime && TimeOf(input) > LongestTime) problem ??= $"{input.Length} bytes took {time.TotalSeconds:0.0} s";
        // One input is enough for each kind.
        if (problem is not null && _kinds.Add(KindOf(problem)))
            _findings.Add(new(input, problem));
        return problem;
    }

    /// <summary>Writes findings where they can be looked at and be taken into the corpus.</summary>
    public static void Save(string folder, FuzzReport report)
    {
        foreach (var finding in report.Findings)
        {
            var path = Path.Combine(folder, report.Target, Convert.ToHexStringLower(SHA256.HashData(finding.Input))[..12]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, finding.Input);
            File.WriteAllText(path + ".txt", finding.Problem);
        }
    }

    private TimeSpan TimeOf(byte[] input)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            target.Read(input);
        }
        catch (Exception e) when (target.IsDocumented(e))
        {
            // Refused again.
        }
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Where in the code it happens, or without numbers what it is.</summary>
    private static string KindOf(string problem)
    {
        var places = problem.Split('\n').Where(line => line.StartsWith("   at ", StringComparison.Ordinal)).Take(2).ToArray();
        return places.Length > 0 ? string.Concat(places) : string.Concat(problem.Where(c => !char.IsAsciiDigit(c)));
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private void GiveUp(byte[] input)
    {
        Save("findings", new(target.Name, 0, 0, 0, 0, default, default, 0, [new(input, "takes more than two minutes")]));
        Console.Error.WriteLine($"{target.Name}: an input takes more than two minutes; it lies in findings.");
        Environment.Exit(3);
    }
}
