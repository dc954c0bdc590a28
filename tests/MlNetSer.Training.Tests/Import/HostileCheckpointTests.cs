using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace MlNetSer.Training.Tests;

/// <summary>Files that try to run something, to claim memory, to lead out of their archive, or that are simply broken.</summary>
public class HostileCheckpointTests
{
    private static readonly byte[] TwoFloats = CheckpointBytes.Floats(1, 2);

    private static readonly byte[] ValidPickle = Dictionary(p => p.Tensor(s => s.Storage("0", 2), 0, [2], [1]));

    /// <summary>What the message must name, and the pickle.</summary>
    private static readonly Dictionary<string, (string Reason, byte[] Pickle)> Pickles = new()
    {
        ["os.system called"] = ("'os.system'", PickleBytes.Start.Global("os", "system").Text("touch /tmp/owned").Raw(0x85).Op('R').Stop()),
        ["posix.system called"] = ("'posix.system'", PickleBytes.Start.Global("posix", "system").Text("id").Raw(0x85).Op('R').Stop()),
        ["eval inside the dictionary"] = ("'builtins.eval'", Dictionary(p => p.Global("builtins", "eval").Text("1").Raw(0x85).Op('R'))),
        ["Python 2's eval"] = ("'__builtin__.eval'", Dictionary(p => p.Global("__builtin__", "eval"))),
        ["a torch function that is not on the list"] = ("'torch.load'", Dictionary(p => p.Global("torch", "load").Text("x").Raw(0x85).Op('R'))),
        ["a dotted name"] = ("'torch.Size.__class__'", Dictionary(p => p.Global("torch", "Size.__class__"))),
        ["a name with control characters"] = ("'torch.?[31m'", Dictionary(p => p.Global("torch", "\u001B[31m"))),
        ["a whole module"] = ("'__main__.VGG'", PickleBytes.Start.Global("__main__", "VGG").Op(')').Raw(0x81).Stop()),
        ["a name from the stack"] = ("'os.system'", Dictionary(p => p.Text("os").Text("system").Raw(0x93))),
        ["a name from the stack that is no text"] = ("no text", Dictionary(p => p.Op('N').Op('N').Raw(0x93))),
        ["INST"] = ("Inst", Dictionary(p => p.Op('(').Text("id").Op('i').Raw("os\nsystem\n"u8))),
        ["OBJ"] = ("Obj", Dictionary(p => p.Op('(').Global("collections", "OrderedDict").Op('o'))),
        ["NEWOBJ"] = ("NewObj", Dictionary(p => p.Global("collections", "OrderedDict").Op(')').Raw(0x81))),
        ["NEWOBJ_EX"] = ("NewObjEx", Dictionary(p => p.Global("collections", "OrderedDict").Op(')').Op('}').Raw(0x92))),
        ["EXT1"] = ("Ext1", Dictionary(p => p.Raw(0x82, 1))),
        ["EXT4"] = ("Ext4", Dictionary(p => p.Raw(0x84, 1, 0, 0, 0))),
        ["an unknown opcode"] = ("0xFF", Dictionary(p => p.Raw(0xFF))),
        ["a persistent id as text"] = ("PersId", Dictionary(p => p.Op('P').Raw("0\n"u8))),
        ["bytes"] = ("BinBytes", Dictionary(p => p.Op('B').Raw(0, 0, 0, 0))),
        ["a call of a text"] = ("'print'", Dictionary(p => p.Text("print").Op(')').Op('R'))),
        ["a call of a storage class"] = ("torch.FloatStorage", Dictionary(p => p.Global("torch", "FloatStorage").Number(9).Raw(0x85).Op('R'))),
        ["a call without a tuple"] = ("collections.OrderedDict", Dictionary(p => p.Global("collections", "OrderedDict").Op('}').Op('R'))),
        ["a call with the wrong arguments"] = ("_rebuild_tensor", Dictionary(p => p.Global("torch._utils", "_rebuild_tensor_v2").Op(')').Op('R'))),
        ["attributes of a tensor"] = ("attributes of a tensor", Dictionary(p => p.Tensor(s => s.Storage("0", 2), 0, [2], [1]).Op('}').Op('b'))),
        ["attributes of a plain dictionary"] = ("attributes of a dictionary", Dictionary(p => p.Op('}').Op('}').Text("_metadata").Op('N').Op('s').Op('b'))),
        ["other attributes of an OrderedDict"] = ("attributes", Dictionary(p => p.OrderedDict().Op('}').Text("__class__").Op('N').Op('s').Op('b'))),
        ["backward hooks"] = ("_rebuild_tensor", Dictionary(p => p.Global("torch._utils", "_rebuild_tensor_v2").Op('(').Storage("0", 2).Number(0)
            .Tuple(2).Tuple(1).Raw(0x88).OrderedDict().Number(1).Text("hook").Op('s').Op('t').Op('R'))),
        ["a class as value"] = ("torch.FloatStorage", Dictionary(p => p.Global("torch", "FloatStorage"))),
        ["a storage as value"] = ("a storage", Dictionary(p => p.Storage("0", 2))),
        ["a tuple as key"] = ("key is a tuple", PickleBytes.Start.Op('}').Op(')').Op('N').Op('s').Stop()),
        ["a tensor alone"] = ("expected a dictionary", PickleBytes.Start.Tensor(s => s.Storage("0", 2), 0, [2], [1]).Stop()),
        ["one name twice"] = ("comes twice", PickleBytes.Start.Op('}')
            .Text("a").Tensor(s => s.Storage("0", 2), 0, [2], [1]).Op('s').Text("a").Tensor(s => s.Storage("0", 2), 0, [2], [1]).Op('s').Stop()),
        ["one storage with two sizes"] = ("before it had 2", Dictionary(p => p.Tensor(s => s.Storage("0", 2).Storage("0", 1), 0, [1], [1]))),
        ["one storage with two types"] = ("before it had 2", Dictionary(p => p.Tensor(s => s.Storage("0", 2).Storage("0", 2, "IntStorage"), 0, [1], [1]))),

        ["a storage of a billion elements"] = ("1000000000 elements", Dictionary(p => p.Tensor(s => s.Storage("0", 1_000_000_000), 0, [2], [1]))),
        ["a storage of 2^62 elements"] = ("4611686018427387904 elements", Dictionary(p => p.Tensor(s => s.Storage("0", 1L << 62), 0, [2], [1]))),
        ["a storage of negative size"] = ("-1 elements", Dictionary(p => p.Tensor(s => s.Storage("0", -1), 0, [2], [1]))),
        ["a tensor of a billion elements"] = ("more elements", Dictionary(p => p.Tensor(s => s.Storage("0", 2), 0, [1_000_000_000], [0]))),
        ["a tensor of one element more than its storage"] = ("more elements", Dictionary(p => p.Tensor(s => s.Storage("0", 2), 0, [3], [0]))),
        ["a tensor whose size overflows"] = ("more elements", Dictionary(p => p.Tensor(s => s.Storage("0", 2), 0, [1L << 32, 1L << 32], [0, 0]))),
        ["a tensor whose extent overflows"] = ("reaches beyond", Dictionary(p => p.Tensor(s => s.Storage("0", 2), 0, [2], [long.MaxValue]))),
        ["an offset beyond the storage"] = ("reaches beyond", Dictionary(p => p.Tensor(s => s.Storage("0", 2), 2, [1], [1]))),
        ["a negative offset"] = ("cannot be", Dictionary(p => p.Tensor(s => s.Storage("0", 2), -1, [1], [1]))),
        ["a negative stride"] = ("cannot be", Dictionary(p => p.Tensor(s => s.Storage("0", 2), 1, [2], [-1]))),
        ["a negative dimension"] = ("cannot be", Dictionary(p => p.Tensor(s => s.Storage("0", 2), 0, [-2], [1]))),
        ["strides for another shape"] = ("cannot be", Dictionary(p => p.Tensor(s => s.Storage("0", 2), 0, [2], [1, 1]))),
        ["a hundred dimensions"] = ("100 dimensions", Dictionary(p => p.Tensor(s => s.Storage("0", 2), 0, [.. Enumerable.Repeat(1L, 100)], [.. Enumerable.Repeat(1L, 100)]))),

        ["LONG4 of 2 GB"] = ("Long4", Dictionary(p => p.Raw(0x8B, 0xFF, 0xFF, 0xFF, 0x7F))),
        ["LONG1 of 255 bytes"] = ("255 bytes", Dictionary(p => p.Raw(0x8A, 0xFF).Raw(new byte[255]))),
        ["a text of 4 GB"] = ("4294967295 bytes expected", Dictionary(p => p.Op('X').Raw(0xFF, 0xFF, 0xFF, 0xFF))),
        ["a text of 2^63 bytes"] = ("bytes expected", Dictionary(p => p.Raw(0x8D).Raw(0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F))),
        ["a text that is not UTF-8"] = ("UTF-8", Dictionary(p => p.Op('X').Raw(1, 0, 0, 0, 0xFF))),
        ["a name that never ends"] = ("longer than 256", Dictionary(p => p.Op('c').Raw(new byte[5000]))),
        ["a memo index of 4 billion that was never kept"] = ("recalls value 4294967295", Dictionary(p => p.Op('j').Raw(0xFF, 0xFF, 0xFF, 0xFF))),
        ["a dictionary in itself"] = ("contain themselves", PickleBytes.Start.Op('}').Op('q').Raw(0).Text("a").Op('h').Raw(0).Op('s').Stop()),
        ["a list in itself"] = ("contain themselves", Dictionary(p => p.Op(']').Op('q').Raw(0).Op('h').Raw(0).Op('a'))),
        ["a list doubled thirty times"] = ("more than 250000 values", Dictionary(p => Double(p, 30))),
        ["a list nested a thousand deep"] = ("nested more than", Dictionary(p => Nest(p, 1000))),
        ["a million values"] = ("more than 250000 operations", Dictionary(p => p.Raw([.. Enumerable.Repeat((byte)'}', 1_000_000)]))),
        ["one list of pairs copied ten thousand times"] = ("more than 250000 operations", Dictionary(p => CopyPairs(p, 10_000))),
        ["a value missing from the stack"] = ("not there", PickleBytes.Start.Op('s').Stop()),
        ["a value from below a mark"] = ("not there", PickleBytes.Start.Op('}').Op('(').Op('q').Raw(0).Stop()),
        ["a mark that is not there"] = ("a mark", PickleBytes.Start.Op('t').Stop()),
        ["an odd number of items"] = ("no value", PickleBytes.Start.Op('}').Op('(').Text("a").Op('u').Stop()),
        ["items of a list"] = ("items of a list", PickleBytes.Start.Op(']').Op('N').Op('N').Op('s').Stop()),
        ["a list of a dictionary"] = ("appends to a dictionary", PickleBytes.Start.Op('}').Op('N').Op('a').Stop()),
        ["two values left"] = ("more than one value", PickleBytes.Start.Op('}').Op('}').Stop()),
        ["a decimal that is none"] = ("'7x'", Dictionary(p => p.Op('I').Raw("7x\n"u8))),
        ["protocol 9"] = ("protocol 9", [0x80, 9, (byte)'}', (byte)'.']),
    };

    /// <summary>What the message must name, and the file.</summary>
    private static readonly Dictionary<string, (string Reason, byte[] File)> Files = new()
    {
        ["empty"] = ("no PyTorch checkpoint", []),
        ["a text file"] = ("no PyTorch checkpoint", "hello"u8.ToArray()),
        ["a pickle of something else"] = ("not as torch.save writes it", PickleBytes.Start.Op('}').Stop()),
        ["a pickle that runs something"] = ("'os.system'", PickleBytes.Start.Global("os", "system").Text("id").Raw(0x85).Op('R').Stop()),
        ["a zip cut off"] = ("no directory", ValidZip()[..^30]),
        ["a zip cut in the middle"] = ("no directory", ValidZip()[..100]),
        ["a zip whose directory is said to be elsewhere"] = ("outside", Patched(ValidZip(), end => end - 6, 0x7FFFFFFF)),
        ["a zip with 65534 entries"] = ("65534 entries", Patched(ValidZip(), end => end - 12, 0xFFFEFFFE)),
        ["an entry inside another"] = ("overlaps another", Overlapping()),
        ["a zip of 64 bits with a huge directory"] = ("lie outside", Patched(Wide(), end => end - 22 - 20 - 12, 0x7FFFFFFF)),
        ["a zip of 64 bits without its directory"] = ("64-bit directory", Patched(ValidZip(), end => end - 6, 0xFFFFFFFF)),
        ["a compressed zip"] = ("compressed", CheckpointBytes.Zip(CompressionLevel.Optimal, ("m/data.pkl", ValidPickle), ("m/data/0", new byte[8]))),
        ["a zip bomb"] = ("compressed", CheckpointBytes.Zip(CompressionLevel.SmallestSize, ("m/data.pkl", new byte[20_000_000]))),
        ["compressed to the same length"] = ("compressed", InFirstEntry(10, 8)),
        ["stored with another length"] = ("compressed", InFirstEntry(20, 1)),
        ["an encrypted entry"] = ("encrypted", InFirstEntry(8, 1)),
        ["an entry above the archive"] = ("leads out", Zip(("m/data.pkl", ValidPickle), ("../../etc/passwd", TwoFloats))),
        ["an entry from the root"] = ("leads out", Zip(("m/data.pkl", ValidPickle), ("/etc/passwd", TwoFloats))),
        ["an entry with a drive"] = ("leads out", Zip(("m/data.pkl", ValidPickle), ("C:x", TwoFloats))),
        ["an entry with backslashes"] = ("leads out", Zip(("m/data.pkl", ValidPickle), ("m\\..\\x", TwoFloats))),
        ["an entry twice"] = ("comes twice", Zip(("m/data.pkl", ValidPickle), ("m/data/0", TwoFloats), ("m/data/0", TwoFloats))),
        ["two pickles"] = ("2 entries named data.pkl", Zip(("m/data.pkl", ValidPickle), ("n/data.pkl", ValidPickle))),
        ["no pickle"] = ("0 entries named data.pkl", Zip(("m/data/0", TwoFloats))),
        ["TorchScript"] = ("TorchScript", Zip(("m/data.pkl", ValidPickle), ("m/constants.pkl", ValidPickle), ("m/code/__torch__.py", [0]))),
        ["big-endian"] = ("'big'", Zip(("m/data.pkl", ValidPickle), ("m/byteorder", "big"u8.ToArray()), ("m/data/0", TwoFloats))),
        ["a version of the future"] = ("'11'", Zip(("m/data.pkl", ValidPickle), ("m/version", "11\n"u8.ToArray()), ("m/data/0", TwoFloats))),
        ["a storage without an entry"] = ("no entry for storage '0'", Zip(("m/data.pkl", ValidPickle))),
        ["a storage key that leads out"] = ("no entry for storage", Zip(("m/data.pkl", Dictionary(p => p.Tensor(s => s.Storage("../0", 2), 0, [2], [1]))), ("m/data/0", TwoFloats))),
        ["a storage that is too short"] = ("8 expected", Zip(("m/data.pkl", ValidPickle), ("m/data/0", TwoFloats[..7]))),
        ["a name that differs in the two headers"] = ("another name", Renamed(ValidZip())),
        ["one storage read a thousand times"] = ("far more than the file", Zip(("m/data.pkl", Repeated(1000)), ("m/data/0", new byte[400_000]))),
        ["legacy of another version"] = ("protocol version", [.. CheckpointBytes.MagicNumber, .. PickleBytes.Start.Number(1002).Stop()]),
        ["legacy of the other byte order"] = ("little-endian", [.. CheckpointBytes.MagicNumber, .. PickleBytes.Start.Number(1001).Stop(), .. PickleBytes.Start.Op('}').Stop()]),
        ["legacy without data"] = ("'0' of 'w' has no data", CheckpointBytes.Legacy(LegacyPickle(2))),
        ["legacy cut off"] = ("ends early", CheckpointBytes.Legacy(LegacyPickle(2), ("0", 2, TwoFloats))[..^1]),
        ["legacy with another count"] = ("1 elements, 2 expected", CheckpointBytes.Legacy(LegacyPickle(2), ("0", 1, TwoFloats))),
        ["legacy with an unknown storage"] = ("no storage '1'", CheckpointBytes.Legacy(LegacyPickle(2), ("0", 2, TwoFloats), ("1", 2, TwoFloats))),
        ["legacy with a storage twice"] = ("comes twice", CheckpointBytes.Legacy(LegacyPickle(2), ("0", 2, TwoFloats), ("0", 2, TwoFloats))),
        ["tar with a member above it"] = ("no place", CheckpointBytes.Tar(("../pickle", ValidPickle))),
        ["tar with a member twice"] = ("comes twice", CheckpointBytes.Tar(("pickle", ValidPickle), ("pickle", ValidPickle))),
        ["tar without its members"] = ("no member sys_info", CheckpointBytes.Tar(("pickle", ValidPickle))),
        ["tar that renames a member"] = ("of kind 120", CheckpointBytes.Tar(extended: "18 path=../pickle\n", ("pickle", []))),
        ["tar with a link"] = ("of kind 50", Linked(CheckpointBytes.Tar(("pickle", [])))),
        ["tar with a wrong checksum"] = ("checksum", Flipped(CheckpointBytes.Tar(("pickle", [])), 3)),
        ["tar with an unknown tensor"] = ("no tensor '8'", CheckpointBytes.Tar(PickleBytes.Start.Op('}').Text("w").Text("8").Op('Q').Op('s').Stop(), [1], [1], [1])),
        ["tar with a tensor beyond its storage"] = ("reaches beyond", CheckpointBytes.Tar(PickleBytes.Start.Op('}').Stop(), [1, 2], [2], [2])),
    };

    public static TheoryData<string> PickleNames => new(Pickles.Keys);

    public static TheoryData<string> FileNames => new(Files.Keys);

    [Theory]
    [MemberData(nameof(PickleNames))]
    public void A_hostile_pickle_is_refused_in_every_layout(string name)
    {
        var (reason, pickle) = Pickles[name];
        AssertRefused(CheckpointBytes.Zip(pickle, ("0", TwoFloats)), reason);
        var namesStorage = pickle.AsSpan().IndexOf("storage"u8) >= 0;
        AssertRefused(namesStorage ? CheckpointBytes.Legacy(pickle, ("0", 2, TwoFloats)) : CheckpointBytes.Legacy(pickle), reason);
        // In a tar a storage has no place in the pickle, which ends the reading before the attack.
        AssertRefused(CheckpointBytes.Tar(pickle, [1, 2], [2], [1]), namesStorage ? "no tensor" : reason);
    }

    [Theory]
    [MemberData(nameof(FileNames))]
    public void A_hostile_file_is_refused(string name) => AssertRefused(Files[name].File, Files[name].Reason);

    [Fact]
    public void The_same_files_without_the_attack_are_read()
    {
        foreach (var file in new[] { ValidZip(), CheckpointBytes.Legacy(LegacyPickle(2), ("0", 2, TwoFloats)), Zip(("m/data.pkl", Repeated(3)), ("m/data/0", new byte[400_000])) })
            Assert.NotEmpty(Read(file));
    }

    private static void AssertRefused(byte[] file, string? reason)
    {
        Read(ValidZip());
        var watch = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<TorchCheckpointException>(() => Read(file));

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // A pickle may make 250,000 small objects, whatever the file's size.
        Assert.InRange(allocated, 0, 40_000_000 + (20L * file.Length));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
        Assert.Equal("test.pth", error.Path);
        Assert.StartsWith("test.pth: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
        if (reason is not null) Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyDictionary<string, CheckpointTensor> Read(byte[] file) =>
        TorchCheckpoint.Read(new MemoryStream(file), "test.pth", CancellationToken.None);

    private static byte[] Dictionary(Action<PickleBytes> value)
    {
        var pickle = PickleBytes.Start.Op('}').Text("w");
        value(pickle);
        return pickle.Op('s').Stop();
    }

    private static byte[] LegacyPickle(long count) => Dictionary(p => p.Tensor(s => s.Storage("0", count, legacy: true), 0, [count], [1]));

    private static byte[] ValidZip() => CheckpointBytes.Zip(ValidPickle, ("0", TwoFloats));

    private static byte[] Zip(params (string, byte[])[] entries) => CheckpointBytes.Zip(CompressionLevel.NoCompression, entries);

    private static void Double(PickleBytes pickle, int times)
    {
        pickle.Op(']');
        for (byte i = 0; i < times; i++) pickle.Op('q').Raw(i).Op('h').Raw(i).Raw(0x86);
    }

    private static void Nest(PickleBytes pickle, int times)
    {
        for (var i = 0; i < times; i++) pickle.Op(']');
        for (var i = 0; i < times - 1; i++) pickle.Op('a');
    }

    private static void CopyPairs(PickleBytes pickle, int times)
    {
        pickle.Op(']').Op('(');
        for (var i = 0; i < times; i++) pickle.Text("k").Op('N').Raw(0x86);
        pickle.Op('e').Op('q').Raw(0);
        for (var i = 0; i < times; i++) pickle.Global("collections", "OrderedDict").Op('h').Raw(0).Raw(0x85).Op('R').Op('q').Raw(1);
    }

    private static byte[] Repeated(int times)
    {
        var pickle = PickleBytes.Start.Op('}');
        for (var i = 0; i < times; i++) pickle.Text($"w{i}").Tensor(s => s.Storage("0", 100_000), 0, [100_000], [1]).Op('s');
        return pickle.Stop();
    }

    private static byte[] Patched(byte[] file, Func<int, int> at, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at(file.Length)), value);
        return file;
    }

    /// <summary>A valid archive but for four bytes of its first directory entry.</summary>
    private static byte[] InFirstEntry(int offset, uint value)
    {
        var zip = ValidZip();
        return Patched(zip, _ => zip.AsSpan().IndexOf("PK\u0001\u0002"u8) + offset, value);
    }

    private static byte[] Wide()
    {
        var zip = new ZipBytes();
        zip.Add("m/data.pkl", ValidPickle);
        return zip.Finish(wide: true);
    }

    private static byte[] Overlapping()
    {
        var zip = new ZipBytes();
        zip.Add("m/data.pkl", ValidPickle);
        byte[] inner = [.. ZipBytes.Local("m/data/0", TwoFloats.Length), .. TwoFloats];
        var outer = zip.Content("m/data/1", inner);
        zip.Entry("m/data/1", inner.Length, outer);
        zip.Entry("m/data/0", TwoFloats.Length, outer + ZipBytes.Local("m/data/1", 0).Length);
        return zip.Finish();
    }

    private static byte[] Renamed(byte[] zip)
    {
        zip[zip.AsSpan().IndexOf("m/data/0"u8) + 7] = (byte)'1';
        return zip;
    }

    private static byte[] Flipped(byte[] file, int at)
    {
        file[at] ^= 1;
        return file;
    }

    private static byte[] Linked(byte[] tar)
    {
        const byte symbolicLink = (byte)'2';
        var checksum = Convert.ToInt32(Encoding.ASCII.GetString(tar, 148, 6), 8) - tar[156] + symbolicLink;
        tar[156] = symbolicLink;
        Encoding.ASCII.GetBytes(Convert.ToString(checksum, 8).PadLeft(6, '0'), tar.AsSpan(148));
        return tar;
    }
}
