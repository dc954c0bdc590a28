using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

/// <summary>Batch norm, pooling and ReLU in one, against torch's own operations one after the other.</summary>
[Collection(nameof(ThreadedTorch))]
public class FusedNormTests
{
    [Theory]
    [InlineData(3, 16, 5, 7, 1, 1)]
    [InlineData(4, 32, 101, 96, 1, 1)]
    [InlineData(4, 32, 101, 96, 2, 2)]
    [InlineData(2, 128, 25, 24, 2, 2)]
    [InlineData(2, 48, 13, 300, 3, 1)]
    [InlineData(2, 64, 11, 23, 2, 5)]
    [InlineData(5, 1024, 12, 1, 1, 1)]
    public void Gives_torch_s_values_gradients_and_running_statistics(int count, int channels, int height, int width, int rows, int columns)
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        var block = Block(channels, (rows, columns));
        var images = Images(count, height, width);

        var theirs = Results(block, images, taped: false);
        var ours = Results(block, images, taped: true);

        Assert.All(theirs.Keys, key => AssertClose(theirs[key], ours[key], 2e-5, key));
    }

    [Theory]
    [InlineData(32, 1, 1)]
    [InlineData(64, 2, 2)]
    public void Is_as_exact_as_torch_in_bfloat16(int channels, int rows, int columns)
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        var block = Block(channels, (rows, columns));
        var images = Images(8, 51, 48).to(bfloat16).to(float32);
        var exact = Results(block, images, taped: false);

        var theirs = Results(block, images.to(bfloat16), taped: false);
        var ours = Results(block, images.to(bfloat16), taped: true);

        foreach (var key in exact.Keys)
            Assert.InRange(Reference.RelativeError(exact[key], ours[key]), 0, 1e-6 + (1.2 * Reference.RelativeError(exact[key], theirs[key])));
    }

    [Fact]
    public void Takes_the_variance_of_values_far_from_zero()
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        var images = (randn(4, 16, 20, 30) + 4000).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).requires_grad_();
        var norm = nn.BatchNorm2d(16);
        using var tape = BackwardTape.Begin();

        var output = tape.Cut(new TorchConvolved(images * 1), norm, PoolWindow.Point);

        var exact = nn.functional.relu(nn.functional.batch_norm(images.to(float64), zeros(16, float64), ones(16, float64), training: true));
        AssertClose(exact, output!, 1e-3, "output");
    }

    [Theory]
    [InlineData(51, 48)]
    [InlineData(8, 9)]
    [InlineData(2, 1)]
    public void Pools_by_windows_that_overlap_and_reach_beyond_the_image(int height, int width)
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        // Rounded, so that windows have several points that are the largest.
        var input = (Points(Images(3, height, width), 32) * 2).round().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        var window = new PoolWindow(3, 3) { StrideHeight = 2, StrideWidth = 2, Padding = 1 };
        var norm = nn.BatchNorm2d(32);
        using (no_grad()) norm.weight!.normal_();

        var theirs = Once(input, norm, taped: null);
        var ours = Once(input, norm, taped: window);

        Assert.All(theirs.Zip(ours), pair => AssertClose(pair.First, pair.Second, 2e-5, "pooled"));
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads()
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        var points = Points(Images(5, 30, 40), 32);
        var norm = nn.BatchNorm2d(32);

        var two = Once(points, norm, new PoolWindow(2, 2));
        set_num_threads(1);
        var one = Once(points, norm, new PoolWindow(2, 2));
        set_num_threads(2);

        Assert.All(one.Zip(two), pair => Assert.Equal(0, (pair.First - pair.Second).abs().max().item<float>()));
    }

    [Fact]
    public unsafe void Rounds_to_bfloat16_as_torch_does()
    {
        using var scope = NewDisposeScope();
        // Halfway between two neighbours and a step to both sides, in both directions, up to what rounds to infinity.
        var bits = Enumerable.Range(0, 512).SelectMany(upper => new[] { 0x7FFF, 0x8000, 0x8001 }.Select(lower => (upper << 23) + (upper << 16) + lower)).ToArray();
        var values = bits.Select(BitConverter.Int32BitsToSingle).Where(float.IsFinite).ToArray();
        values = values[..(values.Length / ImageShape.Lanes * ImageShape.Lanes)];
        var stored = new ushort[values.Length];
        fixed (float* from = values)
        fixed (ushort* to = stored)
        {
            for (var i = 0; i < values.Length; i += ImageShape.Lanes) BrainPrecision.Store(SinglePrecision.Load(from + i), to + i);
        }

        Assert.Equal(MemoryMarshal.Cast<byte, ushort>(tensor(values).to(bfloat16).bytes).ToArray(), stored);
    }

    [Fact]
    public void Lets_no_missing_number_disappear()
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        using var tape = BackwardTape.Begin();
        var points = Points(Images(2, 8, 6), 16);
        using (no_grad()) points[0, 3, 2, 1] = float.NaN;

        var output = tape.Cut(new TorchConvolved(points.requires_grad_() * 1), nn.BatchNorm2d(16), new PoolWindow(2, 2))!;

        Assert.All(output.select(1, 3).isnan().reshape(-1).data<bool>(), Assert.True);
        Assert.All(output.select(1, 4).isnan().reshape(-1).data<bool>(), Assert.False);
    }

    [Fact]
    public void Leaves_what_it_cannot_do_to_torch()
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        using var tape = BackwardTape.Begin();
        var norm = nn.BatchNorm2d(16);
        var channelsLast = Points(Images(2, 8, 6), 16).requires_grad_();

        Assert.Null(tape.Cut(new TorchConvolved(randn(2, 16, 8, 6).requires_grad_() * 1), norm, PoolWindow.Point));
        Assert.Null(tape.Cut(new TorchConvolved(Points(Images(2, 8, 6), 24).requires_grad_() * 1), nn.BatchNorm2d(24), PoolWindow.Point));
        Assert.Null(tape.Cut(new TorchConvolved(channelsLast.detach() * 1), norm, PoolWindow.Point));
        Assert.Null(tape.Cut(new TorchConvolved(channelsLast.to(float64)), norm, PoolWindow.Point));
        norm.eval();
        Assert.Null(tape.Cut(new TorchConvolved(channelsLast * 1), norm, PoolWindow.Point));
        norm.train();
        Assert.NotNull(tape.Cut(new TorchConvolved(channelsLast * 1), norm, PoolWindow.Point));
    }

    /// <summary>A block with weights of both signs, so that pooling cannot come before the norm.</summary>
    private static ConvBlock Block(int channels, (long, long) window, int inputs = 3)
    {
        manual_seed(channels);
        var block = new ConvBlock(inputs, channels, pool: window == (1, 1) ? null : window);
        using var noGradient = no_grad();
        foreach (var (name, weight) in block.named_parameters().Where(p => p.name.StartsWith("norm", StringComparison.Ordinal))) weight.normal_();
        ChannelsLast.Apply(block);
        block.train();
        return block;
    }

    private static Tensor Images(int count, int height, int width)
    {
        manual_seed(height + width);
        return randn(count, 3, height, width) + 0.5;
    }

    private static Tensor Points(Tensor images, int channels) => randn(images.shape[0], images.shape[2], images.shape[3], channels).permute(0, 3, 1, 2);

    /// <summary>What comes out, all gradients, the input's among them, and the running statistics.</summary>
    private static Dictionary<string, Tensor> Results(ConvBlock block, Tensor images, bool taped)
    {
        var before = block.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        block.zero_grad(set_to_none: true);
        using var tape = taped ? BackwardTape.Begin() : null;
        var input = images.detach().clone().requires_grad_();
        var output = block.call(input);
        Assert.Equal(taped, output.is_leaf);
        var values = output.detach().clone();
        manual_seed(5);
        var loss = (output.to(float32) * randn(output.shape)).sum();
        if (tape is null) loss.backward();
        else tape.Backward(loss);
        var results = block.named_parameters().ToDictionary(p => "gradient of " + p.name, p => p.parameter.grad!.clone());
        results["gradient of the input"] = input.grad!.clone();
        results["output"] = values;
        foreach (var (name, buffer) in block.named_buffers()) results[name] = buffer.clone();
        using (no_grad())
        {
            foreach (var (name, value) in block.state_dict()) value.copy_(before[name]);
        }
        return results;
    }

    /// <summary>What comes out, and the gradients of the input, the weights and the bias.</summary>
    private static List<Tensor> Once(Tensor points, BatchNorm2d norm, PoolWindow? taped)
    {
        norm.zero_grad(set_to_none: true);
        using var tape = BackwardTape.Begin();
        var input = points.detach().clone().requires_grad_();
        var output = taped is { } window
            ? tape.Cut(new TorchConvolved(input * 1), norm, window)!
            : nn.functional.max_pool2d(norm.call(input), [3, 3], [2, 2], [1, 1]).relu();
        var values = output.detach().clone();
        tape.Backward((output * output).sum());
        return [values, input.grad!, norm.weight!.grad!.clone(), norm.bias!.grad!.clone()];
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance, string what)
    {
        var error = Reference.RelativeError(expected, actual);
        Assert.True(error <= tolerance, $"{what}: {error}");
    }
}
