using System.Globalization;
using MlNetSer.Endurance;

var usage = $"""
    dotnet run -c Release --project tests/MlNetSer.Endurance -- ...
      fuzz READER|all [INPUTS [SEED]]    damaged inputs, a million if not said otherwise, guided by the branches that they take; findings go to
                                         ./findings ({string.Join(", ", FuzzTargets.Names)})
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
    case ["help"]:
        Console.WriteLine(usage);
        return 0;
    default:
        Console.Error.WriteLine(usage);
        return 2;
}
