using System.Globalization;
using MlNetSer.Testing;

namespace MlNetSer.Training.Tests;

/// <summary>Damaged checkpoints give the documented exception or are read; they never give another one, nor take long.</summary>
public class CheckpointFuzzTests
{
    /// <summary>Set MLNETSER_FUZZ to a number of mutants per layout for a long run.</summary>
    private static readonly int Mutants = int.TryParse(
        Environment.GetEnvironmentVariable("MLNETSER_FUZZ"), CultureInfo.InvariantCulture, out var many) ? many : 4000;

    private static readonly byte[] Interesting = [0, 1, 0x7F, 0x80, 0xFF, .. "(.)IJKMNQRTUX]abcehjqrstu}"u8, 0x85, 0x8A, 0x8B, 0x93, 0x94, 0x95];

    public static TheoryData<string> Layouts => ["zip", "legacy", "tar", "zip of PyTorch", "legacy of PyTorch"];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Mutants_are_read_or_refused(string layout)
    {
        var seed = Seed(layout);
        Assert.NotEmpty(Read(seed));
        var (read, refused) = (0, 0);
        for (var i = 0; i < Mutants; i++)
        {
            var mutant = Mutate(seed, new Random(i));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Read(mutant);
                read++;
            }
            catch (TorchCheckpointException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"mutant {i} of {layout}: {e}");
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000 + (100L * mutant.Length));
        }
        // Both happen: a change in the numbers is read, one in the structure is refused.
        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
    }

    private static byte[] Seed(string layout)
    {
        static byte[] Pickle(bool legacy) => PickleBytes.Start.OrderedDict().Op('(')
            .Text("a").Tensor(s => s.Storage("0", 4, legacy: legacy), 0, [2, 2], [1, 2])
            .Text("b").Op('}').Text("c").Tensor(s => s.Storage("1", 2, "HalfStorage", legacy), 1, [1], [1]).Op('s')
            .Text("d").Op(']').Op('N').Op('a').Op('u').Stop();
        var data = CheckpointBytes.Floats(1, 2, 3, 4);
        return layout switch
        {
            "zip" => CheckpointBytes.Zip(Pickle(legacy: false), ("0", data), ("1", data[..4])),
            "legacy" => CheckpointBytes.Legacy(Pickle(legacy: true), ("0", 4, data), ("1", 2, data[..4])),
            "tar" => CheckpointBytes.Tar(
                PickleBytes.Start.OrderedDict().Text("w").Text("7").Op('Q').Op('s').Stop(), [1, 2, 3, 4, 5, 6], [3, 2], [1, 3]),
            "zip of PyTorch" => File.ReadAllBytes(Written("training-zip-protocol4.pt")),
            _ => File.ReadAllBytes(Written("state-legacy.pt")),
        };
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 9), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = Interesting[random.Next(Interesting.Length)]; break;
                case 2: bytes[at] = (byte)random.Next(256); break;
                case 3: bytes.Insert(at, Interesting[random.Next(Interesting.Length)]); break;
                case 4: bytes.RemoveRange(at, length); break;
                case 5: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break;
                default:
                    if (random.Next(4) == 0) bytes.RemoveRange(at, bytes.Count - at);
                    else for (var i = at; i < at + length; i++) bytes[i] = 0xFF;
                    break;
            }
            if (bytes.Count == 0) return [];
        }
        return [.. bytes];
    }

    private static IReadOnlyDictionary<string, CheckpointTensor> Read(byte[] file) =>
        TorchCheckpoint.Read(new MemoryStream(file), "mutant.pth", CancellationToken.None);

    private static string Written(string file) => Repository.File("tests", "MlNetSer.Training.Tests", "Import", "Files", file);
}
