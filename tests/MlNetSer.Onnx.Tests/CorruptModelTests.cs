namespace MlNetSer.Onnx.Tests;

public class CorruptModelTests
{
    /// <summary>Whatever is done to the bytes, reading and looking at them ends, and only ever fails as documented.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Damaged_bytes_give_only_the_documented_exception(int seed)
    {
        var random = new Random(seed);
        var original = Seed();
        var (refused, read) = (0, 0);
        for (var round = 0; round < 1500; round++)
        {
            var bytes = Mutate([.. original], random);
            try
            {
                var model = OnnxModel.Load(bytes);
                read++;
                LookAtEverything(model);
            }
            catch (OnnxModelException e)
            {
                Assert.DoesNotContain('\n', e.Message);
                refused++;
            }
        }
        Assert.True(refused > 100 && read > 100, $"{refused} refused, {read} read: the mutations are too strong or too weak");
    }

    private static void LookAtEverything(OnnxModel model)
    {
        foreach (var end in model.Inputs.Concat(model.Outputs)) Assert.NotNull(end.ToString());
        Assert.NotNull(model.FindProblems());
        Assert.NotEmpty(OnnxModel.Load(model.ToBytes()).ToBytes());
        if (model.Outputs.FirstOrDefault(o => o.Name.Length > 0) is { } output && model.Inputs.All(i => i.Name != "Features"))
            model.Rename(output.Name, "Features");
        SoundModelInfo.Read(model);
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(16))
            {
                case 0: bytes = bytes[..at]; break;
                case 1: bytes = [.. bytes[..at], .. bytes[random.Next(at, bytes.Length)..]]; break;
                case 2: bytes = [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]]; break;
                case < 8: bytes[at] = (byte)random.Next(256); break;
                default: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            }
            if (bytes.Length == 0) break;
        }
        return bytes;
    }

    /// <summary>A small model with everything in it: branches, metadata, attributes, constants.</summary>
    private static byte[] Seed()
    {
        var g = new OnnxGraphBuilder("seed");
        var x = g.Input("x", OnnxElementType.Float32, "N", 4);
        var then = g.SubGraph("then");
        then.Output("a", then.Neg(x), OnnxElementType.Float32, "N", 4);
        var otherwise = g.SubGraph("otherwise");
        otherwise.Output("b", otherwise.LeakyRelu(x, 0.5f), OnnxElementType.Float32, "N", 4);
        var y = g.If(g.Equal(g.ArgMax(g.Shape(x), 0, false), g.Scalar(0L)), then, otherwise)[0];
        g.Output("y", g.Gemm(y, g.Initializer<float>("w", [1, 2, 3, 4], 4, 1)), OnnxElementType.Float32, "N", 1);
        var model = g.Build();
        (SmallEncoder.Info with { Extra = new Dictionary<string, string> { ["key"] = "value" } }).WriteTo(model);
        return model.ToBytes();
    }
}
