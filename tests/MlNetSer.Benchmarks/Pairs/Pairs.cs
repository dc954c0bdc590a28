using MlNetSer.Training;

namespace MlNetSer.Benchmarks;

/// <summary>All pairs by name; what a pair needs is made when it is asked for.</summary>
internal static class Pairs
{
    private static readonly Dictionary<string, Func<Pair>> All = SoundEncoders.Names
        .Where(PeerPair.Knows)
        .Select(name => ($"encoder-{name}", (Func<Pair>)(() => PeerPair.Of(name))))
        .Concat(SoundEncoders.Names.Where(PeerPair.Knows).SelectMany(name => TrainPair.Precisions.Select(p => (TrainPair.Name(name, p), (Func<Pair>)(() => TrainPair.Of(name, p))))))
        .Concat(SoundEncoders.Names.Select(name => ($"int8-{name}", (Func<Pair>)(() => IntegerPair.Of(name)))))
        // The operations of recurrent layers are not counted.
        .Concat(SoundEncoders.Names.Where(name => name is not CrnnEncoder.ArchitectureName).Select(name => ($"peak-{name}", (Func<Pair>)(() => PeakPair.Of(name)))))
        .Append(("frontend", FrontEndPair.Create))
        .Append(("frontend-plain", FrontEndPair.CreatePlain))
        .Append(("overlap", OverlapPair.Create))
        .Append(("decode", DecodePair.Create))
        .Concat(((string?[])[null, VggEncoder.ArchitectureName]).SelectMany(name => (IEnumerable<(string, Func<Pair>)>)
        [
            (EmbedPair.Name("embed", name), () => EmbedPair.OfTool(name)),
            (EmbedPair.Name("embed-library", name), () => EmbedPair.OfLibrary(name)),
        ]))
        .Concat(Enum.GetValues<EncoderArithmetic>().Select(arithmetic => (PeerEmbedPair.Name(arithmetic), (Func<Pair>)(() => PeerEmbedPair.Of(arithmetic)))))
        .Append(("transform", TransformPair.Create))
        .Append(("processes", ProcessPair.Create))
        .ToDictionary(entry => entry.Item1, entry => entry.Item2);

    internal static IEnumerable<string> Names => All.Keys;

    internal static int Compare(IReadOnlyList<string> names, int rounds, TextWriter output, TextWriter errors)
    {
        if (names.FirstOrDefault(name => !All.ContainsKey(name)) is { } unknown)
        {
            errors.WriteLine($"no pair '{unknown}'; expected {string.Join(", ", Names)}");
            return 2;
        }
        PairedRun.WriteHead(output);
        foreach (var name in names)
        {
            using var pair = All[name]();
            PairedRun.Compare(pair, rounds, output);
        }
        return 0;
    }
}
