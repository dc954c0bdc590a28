using BenchmarkDotNet.Running;
using MlNetSer.Benchmarks;

const string usage = """
    dotnet run -c Release --project tests/MlNetSer.Benchmarks -- ...
      time [BenchmarkDotNet's arguments, as --filter '*Export*']    parts, by BenchmarkDotNet
      memory                                                        peak memory of an export, a process for each encoder
    """;

switch (args)
{
    case ["time", .. var arguments]:
        BenchmarkSwitcher.FromAssembly(typeof(ExportBenchmarks).Assembly).Run(arguments.Length > 0 ? arguments : ["--filter", "*"]);
        return 0;
    case ["memory"]:
        return ExportMemory.Compare(Console.Out);
    case [ExportMemory.ChildVerb, var network]:
        ExportMemory.MeasureHere(network, Console.Out);
        return 0;
    case ["help"]:
        Console.WriteLine(usage);
        return 0;
    default:
        Console.Error.WriteLine(usage);
        return 2;
}
