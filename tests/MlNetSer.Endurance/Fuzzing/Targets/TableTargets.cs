using System.Buffers.Binary;
using System.Text;
using MlNetSer.Cli;
using MlNetSer.Testing;

namespace MlNetSer.Endurance;

/// <summary>Lists of sounds and tables of embeddings.</summary>
internal static class TableTargets
{
    private static readonly TemporaryFolder Folder = WithSounds();

    /// <summary>Lists of sounds. The first letter says which layout the rest is in.</summary>
    public static FuzzTarget Csv { get; } = new("csv", Read, e => e is InvalidDataException or FileNotFoundException)
    {
        Tokens = [.. new[] { ",", "\"", "\"\"", "\n", "\r\n", "filename", "fname", "category", "label", "fold", "target", "..", "/", "\\", "\0", "-1", "2147483648", "\uFEFF", "a.wav" }.Select(Encoding.UTF8.GetBytes)],
    };

    /// <summary>Tables of embeddings, searched and read row by row.</summary>
    public static FuzzTarget Parquet { get; } = new("parquet", ReadParquet, e => e is Failure)
    {
        Tokens = [.. new[] { "PAR1", "embedding", "path", "label", "content_hash", "error", "mlnetser.model_hash", "mlnetser.shard", "mlnetser.patches" }.Select(Encoding.UTF8.GetBytes)],
    };

    /// <summary>What is kept of a table whose making was stopped, after the line that it begins with. It is never an error; that nothing was found is one here.</summary>
    public static FuzzTarget Journal { get; } = new("journal", ReadJournal, e => e is InvalidDataException) { Repair = RepairJournal };

    /// <summary>Lists of sounds that are not there are refused before much is looked at.</summary>
    private static TemporaryFolder WithSounds()
    {
        var folder = new TemporaryFolder();
        foreach (var sound in new[]
        {
            "list/a.wav", "esc/audio/1-100032-A-0.wav", "esc10/audio/1-100032-A-0.ogg", "urban/audio/fold5/100032-3-0-0.wav",
            "noisy/FSDnoisy18k.audio_train/65.wav", "noisy/FSDnoisy18k.audio_test/7.wav", "fsd50k/FSD50K.dev_audio/64760.wav", "fsd50k/FSD50K.eval_audio/7.wav",
        })
        {
            File.WriteAllBytes(folder.File(sound.Split('/')), []);
        }
        File.WriteAllText(folder.File("noisy", "FSDnoisy18k.meta", "test.csv"), "fname,label\n7.wav,Fire\n");
        File.WriteAllText(folder.File("fsd50k", "FSD50K.ground_truth", "eval.csv"), "fname,labels\n7,Music\n");
        return folder;
    }

    private static void Read(byte[] content)
    {
        if (content.Length == 0) return;
        var rest = content.AsSpan(1);
        switch ((char)content[0])
        {
            case '5': Layout("esc", "meta/esc50.csv", rest); break;
            case '1': Layout("esc10", "meta/esc10.csv", rest); break;
            case 'u': Layout("urban", "metadata/UrbanSound8K.csv", rest); break;
            case 'n': Layout("noisy", "FSDnoisy18k.meta/train.csv", rest); break;
            case 'd': Layout("fsd50k", "FSD50K.ground_truth/dev.csv", rest); break;
            default:
                var path = Folder.File("list", "sounds.csv");
                File.WriteAllBytes(path, rest);
                SoundTable.ReadCsv(path);
                break;
        }
    }

    private static void ReadParquet(byte[] content)
    {
        var path = Folder.File("fuzzed.parquet");
        File.WriteAllBytes(path, content);
        using (var index = new EmbeddingIndex([path]))
        {
            var search = new SimilaritySearch([[1, 2, 3, 4, 5, 6]], top: 2);
            index.Search(search, sound => sound.Label.Length >= 0, threads: 1, CancellationToken.None);
            foreach (var found in search.Nearest()) _ = index[found.Row].Path;
        }
        _ = PartReader.Describe(path);
        _ = PartReader.EmbeddedContents(path).Count + PartReader.Unreadable(path).Count + PartReader.RowCount(path);
        foreach (var row in PartReader.Rows(path, CancellationToken.None)) _ = row.Path.Length;
    }

    private static void ReadJournal(byte[] content)
    {
        var path = Folder.File("fuzzed.progress");
        File.WriteAllBytes(path, [.. EmbeddingJournal.TitleOf("fuzzed"), .. content]);
        using var journal = new EmbeddingJournal(path, "fuzzed");
        var read = new[] { "a.wav", "b.wav" }.Count(sound =>
            JournalBody.Read(journal.Find(sound, "1 2"), 3, patches: sound == "b.wav") is { Vector.Length: 3 });
        if (read == 0) throw new InvalidDataException("nothing is kept");
    }

    private static byte[] RepairJournal(byte[] content)
    {
        var repaired = content.ToArray();
        for (var at = 0; repaired.Length - at >= EmbeddingJournal.HeadSize;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(repaired.AsSpan(at));
            at += EmbeddingJournal.HeadSize;
            if (length <= 0 || length > repaired.Length - at) break;
            BinaryPrimitives.WriteUInt64LittleEndian(repaired.AsSpan(at - sizeof(ulong)), EmbeddingJournal.Checksum(repaired.AsSpan(at, length)));
            at += length;
        }
        return repaired;
    }

    private static void Layout(string folder, string table, ReadOnlySpan<byte> content)
    {
        File.WriteAllBytes(Folder.File(folder, table), content);
        _ = SoundDataset.TryRead(Path.Combine(Folder.Path, folder))?.Sounds.Count;
    }
}
