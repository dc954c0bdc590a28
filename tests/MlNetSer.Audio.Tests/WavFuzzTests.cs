using System.Diagnostics;
using MlNetSer.Testing;

namespace MlNetSer.Audio.Tests;

/// <summary>Thousands of damaged WAV files, the same each time: each gives samples or one error, soon and in little memory.</summary>
public sealed class WavFuzzTests : IDisposable
{
    private const int Files = 4000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_files_give_samples_or_one_error(int seed)
    {
        var random = new Random(seed);
        var path = _folder.File("sound.wav");
        var (read, refused) = (0, 0);
        for (var i = 0; i < Files; i++)
        {
            var file = Damage(Seeds[i % Seeds.Length], random);
            File.WriteAllBytes(path, file);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            try
            {
                var samples = SoundFile.ReadMono(path, 22_050);
                Assert.DoesNotContain(samples, s => !float.IsFinite(s));
                read++;
            }
            catch (SoundFileException error)
            {
                Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', error.Message);
                refused++;
            }
            var what = $"file {i} of seed {seed}: {Convert.ToHexString(file)}";
            // Most of it is the filter between two odd rates; some of it 22 output samples for each of a rate of 1,000 Hz.
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 10_000_000, what);
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10), what);
        }
        // Neither branch is the only one that is ever taken.
        Assert.InRange(read, Files / 10, Files * 9 / 10);
        Assert.InRange(refused, Files / 10, Files * 9 / 10);
    }

    private static readonly byte[][] Seeds =
    [
        WavBytes.File(WavBytes.Format(1, 1, 16), WavBytes.Data(new byte[64])),
        WavBytes.File(WavBytes.Format(1, 2, 24), WavBytes.Chunk("LIST", new byte[9]), WavBytes.Data(new byte[60])),
        WavBytes.File(WavBytes.Format(3, 1, 32), WavBytes.Data(WavBytes.Float32([.. Enumerable.Range(0, 20).Select(v => v / 20f)]))),
        WavBytes.File(WavBytes.Format(3, 1, 64), WavBytes.Data(WavBytes.Float64(0.5, -0.25, 1, 0))),
        WavBytes.File(WavBytes.Extensible("00000001-0000-0010-8000-00AA00389B71", 3, 32, 24), WavBytes.Data(new byte[96])),
        [
            .. "RF64"u8, 255, 255, 255, 255, .. "WAVE"u8, .. WavBytes.Chunk("ds64", new byte[28]), .. WavBytes.Format(1, 1, 8),
            .. WavBytes.Chunk("data", new byte[40], size: 0xFFFFFFFF),
        ],
    ];

    private static byte[] Damage(byte[] seed, Random random)
    {
        var file = seed.ToList();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            // Most of it hits the headers, where damage matters.
            var place = random.Next(random.Next(4) == 0 ? file.Count : Math.Min(file.Count, 56));
            switch (random.Next(6))
            {
                case 0:
                    file[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    file[place] = (byte)random.Next(256);
                    break;
                case 2:
                    foreach (var b in WavBytes.Int32(Extremes[random.Next(Extremes.Length)]))
                    {
                        file[place] = b;
                        place = Math.Min(place + 1, file.Count - 1);
                    }
                    break;
                case 3:
                    file.InsertRange(place, new byte[random.Next(1, 9)]);
                    break;
                case 4:
                    file.RemoveRange(place, Math.Min(random.Next(1, 9), file.Count - place));
                    break;
                case 5:
                    if (random.Next(4) == 0) file.RemoveRange(place, file.Count - place);
                    break;
            }
            if (file.Count == 0) file.Add(0);
        }
        return [.. file];
    }

    private static readonly uint[] Extremes = [0, 1, 2, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF];
}
