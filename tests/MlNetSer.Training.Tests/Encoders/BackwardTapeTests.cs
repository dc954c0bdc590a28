using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

/// <summary>Whole networks whose gradients come from a tape, against torch's alone.</summary>
public class BackwardTapeTests
{
    [Theory]
    [InlineData("vgg")]
    [InlineData("crnn")]
    [InlineData("frame")]
    [InlineData("resnet18")]
    public void Gives_an_encoder_s_gradients_for_both_views(string architecture)
    {
        using var scope = NewDisposeScope();
        var encoder = SoundEncoders.Create(architecture, seed: 3);
        ChannelsLast.Apply(encoder);
        var (first, second) = (Views(seed: 1), Views(seed: 2));

        var theirs = Gradients(encoder, taped: false, first, second);
        var ours = Gradients(encoder, taped: true, first, second);

        Assert.All(theirs.Keys, key => AssertClose(theirs[key], ours[key], key));
    }

    [Theory]
    [InlineData("vgg", true)]
    [InlineData("vgg", false)]
    [InlineData("resnet18", true)]
    [InlineData("resnet18", false)]
    public void Normalises_two_views_that_go_through_together_by_themselves(string architecture, bool channelsLast)
    {
        using var scope = NewDisposeScope();
        var (apart, together) = (SoundEncoders.Create(architecture, seed: 3), SoundEncoders.Create(architecture, seed: 3));
        ChannelsLast.Apply(apart);
        // Else torch computes.
        if (channelsLast) ChannelsLast.Apply(together);
        var (first, second) = (Views(seed: 1), Views(seed: 2));

        var theirs = Gradients(apart, taped: false, first, second);
        var ours = Gradients(together, first, second);

        Assert.All(theirs.Keys, key => AssertClose(theirs[key], ours[key], key));
        foreach (var (theirBuffer, ourBuffer) in apart.named_buffers().Zip(together.named_buffers())) AssertClose(theirBuffer.buffer, ourBuffer.buffer, ourBuffer.name);
    }

    [Theory]
    [InlineData(32, 1)]
    [InlineData(64, 2)]
    public void Gives_a_residual_block_s_gradients_and_running_statistics(int outputs, int stride)
    {
        using var scope = NewDisposeScope();
        var block = new BasicBlock(32, outputs, stride);
        using (no_grad())
        {
            using var signs = new Generator(5);
            foreach (var (_, weight) in block.named_parameters().Where(p => p.name.Contains("norm", StringComparison.Ordinal))) weight.copy_(randn(weight.shape, generator: signs));
        }
        ChannelsLast.Apply(block);
        using var generator = new Generator(4);
        var images = randn([6, 13, 12, 32], generator: generator).permute(0, 3, 1, 2);
        var states = block.state_dict().ToDictionary(e => e.Key, e => e.Value.clone());

        var results = new List<Dictionary<string, Tensor>>();
        foreach (var taped in new[] { false, true })
        {
            using (no_grad())
            {
                foreach (var (name, value) in block.state_dict()) value.copy_(states[name]);
            }
            var input = images.detach().clone().requires_grad_();
            var gradients = Gradients(block, taped, input);
            gradients["input"] = input.grad!;
            foreach (var (name, buffer) in block.named_buffers()) gradients[name] = buffer.clone();
            results.Add(gradients);
        }

        Assert.All(results[0].Keys, key => AssertClose(results[0][key], results[1][key], key));
    }

    [Fact]
    public void Adds_the_gradients_of_blocks_that_share_an_input()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var blocks = new[] { new BasicBlock(16, 16, stride: 1), new BasicBlock(16, 16, stride: 1) };
        foreach (var block in blocks) ChannelsLast.Apply(block);
        var images = randn([2, 5, 6, 16], generator: generator).permute(0, 3, 1, 2);

        Tensor Gradient(bool taped)
        {
            using var pause = FinaliserPause.Begin();
            using var tape = taped ? BackwardTape.Begin() : null;
            var input = images.detach().clone().requires_grad_();
            var loss = Loss(blocks.Select(b => b.call(input)));
            if (tape is null) loss.backward();
            else tape.Backward(loss);
            return input.grad!;
        }

        AssertClose(Gradient(taped: false), Gradient(taped: true), "input");
    }

    [Fact]
    public void Leaves_a_residual_block_to_torch_whose_input_is_torch_s()
    {
        using var scope = NewDisposeScope();
        var block = new BasicBlock(16, 16, stride: 1);
        ChannelsLast.Apply(block);
        using var tape = BackwardTape.Begin();
        var input = randn(2, 5, 6, 16).permute(0, 3, 1, 2).requires_grad_();

        Assert.False(block.call(input * 1).is_leaf);
        Assert.True(block.call(input).is_leaf);
    }

    [Fact]
    public void Is_open_on_its_own_thread_until_it_is_disposed_of()
    {
        Assert.Null(BackwardTape.Open);
        using (var outer = BackwardTape.Begin())
        {
            using (var inner = BackwardTape.Begin()) Assert.Same(inner, BackwardTape.Open);
            Assert.Same(outer, BackwardTape.Open);
            BackwardTape? elsewhere = outer;
            var thread = new Thread(() => elsewhere = BackwardTape.Open);
            thread.Start();
            thread.Join();
            Assert.Null(elsewhere);
        }
        Assert.Null(BackwardTape.Open);
    }

    private static Tensor Views(int seed) => (Patches.ToTensor(Patches.Random(4, seed)) / 3).unsqueeze(1);

    /// <summary>The gradients of a loss that mixes what comes out for all inputs.</summary>
    private static Dictionary<string, Tensor> Gradients(nn.Module<Tensor, Tensor> network, bool taped, params Tensor[] inputs)
    {
        using var pause = FinaliserPause.Begin();
        network.train();
        network.zero_grad(set_to_none: true);
        using var tape = taped ? BackwardTape.Begin() : null;
        var loss = Loss(inputs.Select(network.call));
        if (tape is null) loss.backward();
        else tape.Backward(loss);
        return network.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.clone());
    }

    /// <summary>The same of two views that go through together.</summary>
    private static Dictionary<string, Tensor> Gradients(SoundEncoder encoder, Tensor first, Tensor second)
    {
        using var pause = FinaliserPause.Begin();
        encoder.train();
        using var tape = BackwardTape.Begin(groups: 2);
        tape.Backward(Loss(encoder.call(cat([first, second])).chunk(2)));
        return encoder.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.clone());
    }

    private static Tensor Loss(IEnumerable<Tensor> outputs)
    {
        // One of its own: other tests draw from torch's at the same time.
        using var generator = new Generator(6);
        return outputs.Select(output => (output * randn(output.shape, generator: generator)).mean()).Aggregate((a, b) => a * b);
    }

    // Where two values are nearly the same, rounding decides which of them is a window's largest; in a deep network there are some.
    private static void AssertClose(Tensor expected, Tensor actual, string what)
    {
        // Not divided: the backward direction of a recurrent layer, of which only the last step is heard, has recurrent weights without a gradient.
        var (error, size) = ((actual - expected).to(float32).norm().item<float>(), expected.to(float32).norm().item<float>());
        Assert.True(error <= 1e-2 * size, $"{what}: {error} of {size}");
    }
}
