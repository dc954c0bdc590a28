using System.Globalization;
using MlNetSer;
using MlNetSer.Endurance;

var usage = $"""
    dotnet run -c Release --project tests/MlNetSer.Endurance -- ...
      fuzz READER|all [INPUTS [SEED]]    damaged inputs, a million if not said otherwise, guided by the branches that they take; findings go to
                                         ./findings ({string.Join(", ", FuzzTargets.Names)})
      load embedder|engines [SECONDS]    32 threads on one model, ten minutes if not said otherwise
      same                               the table of how alike one sound's embeddings are in several forms
      keep NAME                          small files of every kind as they are written today, into Compatibility/NAME, for all later versions to read
    """;

var instrumented = Coverage.IsHere(ref args);
int Or(string[] numbers, int place, int byDefault) => numbers.Length > place ? int.Parse(numbers[place], CultureInfo.InvariantCulture) : byDefault;

switch (args)
{
    case ["fuzz", var reader, ..] when !instrumented && (reader == "all" || FuzzTargets.Names.Contains(reader)):
        return Coverage.Rerun(args);
    case ["fuzz", var reader, .. var numbers] when instrumented:
        var findings = 0;
        foreach (var target in FuzzTargets.Of(reader))
        {
            var report = new Fuzzer(target, Or(numbers, 1, 1)).Run(Or(numbers, 0, 1_000_000));
            Fuzzer.Save("findings", report);
            Console.WriteLine(report);
            findings += report.Findings.Count;
        }
        return findings == 0 ? 0 : 1;
    case ["load", "embedder" or "engines", ..]:
        using (var load = new LoadRun())
        {
            var time = TimeSpan.FromSeconds(Or(args, 2, 600));
            var report = args[1] == "embedder" ? load.Embedder(time, threads: 32) : load.PredictionEngines(time, threads: 32);
            report.Write(Console.Out);
            return report.Wrong.Count == 0 ? 0 : 1;
        }
    case ["same", .. { Length: < 2 } model]:
        using (var embedder = new SoundEmbedder(model is [var path] ? path : SoundModels.Default)) SameSoundTable.Write(Console.Out, SameSoundTable.Measure(embedder));
        return 0;
    case ["keep", var name]:
        KeptFiles.Write(name);
        return 0;
    case ["help"]:
        Console.WriteLine(usage);
        return 0;
    default:
        Console.Error.WriteLine(usage);
        return 2;
}
