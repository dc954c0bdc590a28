using System.Globalization;
using BenchmarkDotNet.Running;
using MlNetSer.Benchmarks;

var usage = $"""
    dotnet run -c Release --project tests/MlNetSer.Benchmarks -- ...
      time [BenchmarkDotNet's arguments, as --filter '*Export*']    parts, by BenchmarkDotNet
      memory                                                        peak memory of an export, a process for each encoder
      pretrain [ENCODER [STEPS [CLIPS]]]                            pretraining against its bare step; vgg, 8 steps, batches of 128 if not given
      pretrain-memory [ENCODER [CLIPS]]                             peak memory of pretraining, float32 and bfloat16, and of PyTorch for Python
      tool [CLIPS]                                                  time and memory of mlnetser embed: one clip, 2 minutes, 2 hours, 1,000 clips and CLIPS
      judges CSV FOLDER                                             labelled sets to judge encoders by: sounds of CSV altered, and synthesised events
      encoders CSV PNG ONNX ...                                     size, speed and accuracy of encoders, and of untrained ones
      index FOLDER [ROWS [SIZE]]                                    random embeddings as a million sounds' parts, to be searched by mlnetser similar
      search FOLDER                                                 a search over them, six times
      bench ROUNDS [PAIR ...]                                       whole runs, two ways in turn: medians and their ratio
                                                                    ({string.Join(", ", Pairs.Names)})
    """;

int Or(string[] numbers, int place, int byDefault) => numbers.Length > place ? int.Parse(numbers[place], CultureInfo.InvariantCulture) : byDefault;

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
    case ["pretrain", .. var arguments]:
        return PretrainSpeed.Compare(arguments.Length > 0 ? arguments[0] : "vgg", Or(arguments, 1, 8), Or(arguments, 2, 128), Console.Out);
    case ["pretrain-memory", .. var arguments]:
        return PretrainMemory.Compare(arguments.Length > 0 ? arguments[0] : "vgg", Or(arguments, 1, 128), Console.Out);
    case [PretrainMemory.ChildVerb, var encoder, var precision, var clips]:
        PretrainMemory.MeasureHere(encoder, precision, int.Parse(clips, CultureInfo.InvariantCulture), Console.Out);
        return 0;
    case ["tool", .. var clips]:
        return ToolScale.Measure(Or(clips, 0, 10_000), Console.Out);
    case ["judges", var sounds, var folder]:
        return JudgeSounds.Write(sounds, folder, Console.Out);
    case ["encoders", var sounds, var picture, .. { Length: > 0 } models]:
        return EncoderComparison.Compare(sounds, picture, models, Console.Out);
    case ["index", var folder, .. var sizes]:
        return SyntheticIndex.Write(folder, Or(sizes, 0, 1_000_000), Or(sizes, 1, 512), Console.Out);
    case ["search", var folder]:
        return SearchSpeed.Measure(folder, Console.Out);
    case ["bench", var number, .. var names] when int.TryParse(number, CultureInfo.InvariantCulture, out var rounds) && rounds > 0:
        return Pairs.Compare(names.Length > 0 ? names : [.. Pairs.Names], rounds, Console.Out, Console.Error);
    case ["help"]:
        Console.WriteLine(usage);
        return 0;
    default:
        Console.Error.WriteLine(usage);
        return 2;
}
