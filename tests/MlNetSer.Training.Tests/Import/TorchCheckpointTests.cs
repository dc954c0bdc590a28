using MlNetSer.Testing;
using TorchSharp;

namespace MlNetSer.Training.Tests;

public class TorchCheckpointTests
{
    private static readonly (string Name, long[] Shape, float[] Values)[] State =
    [
        ("grid", [4, 6], Enumerable.Range(0, 24).Select(i => (float)i).ToArray()),
        ("transposed", [6, 4], Enumerable.Range(0, 24).Select(i => (float)((i % 4 * 6) + (i / 4))).ToArray()),
        ("strided", [2, 3], [6, 8, 10, 12, 14, 16]),
        ("half", [2], [1.5f, -2.25f]),
        ("bfloat16", [2], [1.5f, -3]),
        ("double", [], [0.1f]),
        ("int64", [], [-7]),
        ("int32", [2], [-3, 70000]),
        ("int16", [2], [-3, 500]),
        ("int8", [2], [-3, 5]),
        ("uint8", [2], [200, 5]),
        ("bool", [2], [1, 0]),
        ("empty", [0, 3], []),
        ("parameter", [2], [1, 1]),
    ];

    /// <summary>Files that PyTorch 1.13 wrote: Files/write.py.</summary>
    [Theory]
    [InlineData("state-zip.pt")]
    [InlineData("state-legacy.pt")]
    public void Reads_every_number_type_and_strides(string file)
    {
        AssertState(TorchCheckpoint.Read(Written(file)), State);
    }

    [Theory]
    [InlineData("training-zip-protocol4.pt")]
    [InlineData("training-legacy-protocol4.pt")]
    public void Names_the_tensors_of_nested_dictionaries_with_dots_and_skips_plain_values(string file)
    {
        var expected = State.Select(t => ($"state_dict.{t.Name}", t.Shape, t.Values))
            .Append(("optimizer.state.0.momentum_buffer", [3], [2, 2, 2]));

        AssertState(TorchCheckpoint.Read(Written(file)), expected);
    }

    [Fact]
    public void Reads_a_zip_whose_numbers_have_64_bits_as_those_above_4_GB_have()
    {
        var zip = new ZipBytes();
        zip.Add("m/data.pkl", PickleBytes.Start.Op('}').Text("w").Tensor(p => p.Storage("0", 2), 0, [2], [1]).Op('s').Stop(), wide: true);
        zip.Add("m/data/0", CheckpointBytes.Floats(1, 2), wide: true);

        AssertState(Read(zip.Finish(wide: true)), [("w", [2], [1, 2])]);
    }

    [Fact]
    public void Reads_the_containers_of_todays_libtorch_so_far_as_to_say_that_they_hold_code()
    {
        using var folder = new TemporaryFolder();
        using var value = torch.ones(2);
        value.save(folder.File("module.pt"));

        var error = Assert.Throws<TorchCheckpointException>(() => TorchCheckpoint.Read(folder.File("module.pt")));

        Assert.Contains("TorchScript", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_the_tar_layout()
    {
        var pickle = PickleBytes.Start.OrderedDict().Text("w").Text("7").Op('Q').Op('s').Stop();

        AssertState(Read(CheckpointBytes.Tar(pickle, [1, 2, 3, 4, 5, 6], shape: [3, 2], strides: [1, 3])), [("w", [3, 2], [1, 4, 2, 5, 3, 6])]);
    }

    [Fact]
    public void Reads_what_Python_2_pickled()
    {
        // Texts as byte strings, numbers as decimals, and an OrderedDict that is called with a list of pairs.
        var pickle = PickleBytes.Start.Global("collections", "OrderedDict").Op(']')
            .Op(']').Op('U').Raw(1, (byte)'w').Op('a').Tensor(p => p.Storage("0", 2), 0, [2], [1]).Op('a').Op('a')
            .Op(']').Op('U').Raw(1, (byte)'n').Op('a').Op('I').Raw("17\n"u8).Op('a').Op('a')
            .Raw(0x85).Op('R');

        AssertState(Read(CheckpointBytes.Zip(pickle.Stop(), ("0", CheckpointBytes.Floats(1, 2)))), [("w", [2], [1, 2])]);
    }

    [Fact]
    public void Reads_views_of_one_storage()
    {
        void Shared(PickleBytes pickle) => pickle.Storage("9", 4, legacy: true);
        var pickle = PickleBytes.Start.Op('}').Op('(')
            .Text("first").Tensor(Shared, 0, [2], [1])
            .Text("second").Tensor(Shared, 2, [2, 1], [1, 1])
            .Text("all").Tensor(Shared, 0, [4], [1]).Op('u').Stop();

        var read = Read(CheckpointBytes.Legacy(pickle, ("9", 4, CheckpointBytes.Floats(1, 2, 3, 4))));

        AssertState(read, [("first", [2], [1, 2]), ("second", [2, 1], [3, 4]), ("all", [4], [1, 2, 3, 4])]);
    }

    [Fact]
    public void Reads_all_weights_of_the_published_vgg()
    {
        var expected = Npy.ReadArchive(SharedData.Require("golden", "step_model_init.npz"));

        var read = TorchCheckpoint.Read(SharedData.Require("golden", "VGG_best.pth"));

        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), read.Keys.Order(StringComparer.Ordinal));
        AssertState(read, read.Keys.Select(name => (name, expected[name].Shape, expected[name].Floats)));
    }

    [Fact]
    public void Reads_the_published_crnn_whose_recurrent_weights_share_a_storage()
    {
        var read = TorchCheckpoint.Read(SharedData.Require("golden", "CRNN_best.pth"));

        var shapes = new Dictionary<string, long[]>
        {
            ["conv1.conv.weight"] = [128, 1, 5, 5],
            ["conv2.conv.weight"] = [128, 128, 5, 5],
            ["conv3.conv.weight"] = [128, 128, 5, 5],
            ["conv3.bn.running_var"] = [128],
            ["rnn1.weight_ih_l0"] = [192, 256],
            ["rnn1.weight_hh_l0"] = [192, 64],
            ["rnn1.bias_ih_l0"] = [192],
            ["rnn1.weight_hh_l0_reverse"] = [192, 64],
            ["rnn1.bias_hh_l0_reverse"] = [192],
            ["dense.weight"] = [20, 64],
        };
        foreach (var (name, shape) in shapes) Assert.Equal(shape, read[name].Shape);
        // Weights of a recurrent layer of 64 start within 1/8 and stay near: a view of the wrong part would not look so.
        Assert.All(read["rnn1.weight_hh_l0_reverse"].Values, v => Assert.InRange(v, -2, 2));
        Assert.NotEqual(read["rnn1.weight_hh_l0"].Values, read["rnn1.weight_hh_l0_reverse"].Values);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<FileNotFoundException>(() => TorchCheckpoint.Read(folder.File("absent.pth")));

        Assert.Contains("absent.pth", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stops_when_cancelled()
    {
        Assert.Throws<OperationCanceledException>(() => TorchCheckpoint.Read(Written("state-zip.pt"), new CancellationToken(canceled: true)));
    }

    private static string Written(string file) => Repository.File("tests", "MlNetSer.Training.Tests", "Import", "Files", file);

    private static IReadOnlyDictionary<string, CheckpointTensor> Read(byte[] file) =>
        TorchCheckpoint.Read(new MemoryStream(file), "test.pth", CancellationToken.None);

    private static void AssertState(
        IReadOnlyDictionary<string, CheckpointTensor> read, IEnumerable<(string Name, long[] Shape, float[] Values)> expected)
    {
        Assert.Equal(expected.Select(t => t.Name), read.Keys);
        foreach (var (name, shape, values) in expected)
        {
            Assert.Equal(shape, read[name].Shape);
            Assert.Equal(values, read[name].Values);
        }
    }
}
