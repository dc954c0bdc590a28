namespace MlNetSer.Training.Tests;

/// <summary>Random weights under the names that PyTorch code of the published networks gives them.</summary>
internal static class SmallState
{
    public static (string Name, long[] Shape, float[] Values)[] Crnn() =>
    [
        .. Convolution("conv1.conv", 1, 128, 5), .. Norm("conv1.bn", 128),
        .. Convolution("conv2.conv", 128, 128, 5), .. Norm("conv2.bn", 128),
        .. Convolution("conv3.conv", 128, 128, 5), .. Norm("conv3.bn", 128),
        .. new[] { "l0", "l0_reverse" }.SelectMany(layer => new[]
        {
            Random($"rnn1.weight_ih_{layer}", 192, 256), Random($"rnn1.weight_hh_{layer}", 192, 64),
            Random($"rnn1.bias_ih_{layer}", 192), Random($"rnn1.bias_hh_{layer}", 192),
        }),
        Random("dense.weight", 20, 64), Random("dense.bias", 20),
    ];

    public static (string Name, long[] Shape, float[] Values)[] ResNet18()
    {
        List<(string, long[], float[])> state = [.. Convolution("conv1", 1, 64, 7), .. Norm("bn1", 64)];
        var inputs = 64;
        for (var layer = 1; layer <= 4; layer++)
        {
            var outputs = 32 << layer;
            for (var block = 0; block < 2; block++)
            {
                var name = $"layer{layer}.{block}";
                state.AddRange([.. Convolution($"{name}.conv1", inputs, outputs, 3), .. Norm($"{name}.bn1", outputs)]);
                state.AddRange([.. Convolution($"{name}.conv2", outputs, outputs, 3), .. Norm($"{name}.bn2", outputs)]);
                if (inputs != outputs) state.AddRange([.. Convolution($"{name}.downsample.0", inputs, outputs, 1), .. Norm($"{name}.downsample.1", outputs)]);
                inputs = outputs;
            }
        }
        return [.. state, Random("fc.weight", 20, 512), Random("fc.bias", 20)];
    }

    private static (string, long[], float[])[] Convolution(string name, int inputs, int outputs, int side) =>
        [Random($"{name}.weight", outputs, inputs, side, side)];

    private static (string, long[], float[])[] Norm(string name, int channels)
    {
        var (running, shape, values) = Random($"{name}.running_var", channels);
        return
        [
            Random($"{name}.weight", channels), Random($"{name}.bias", channels), Random($"{name}.running_mean", channels),
            (running, shape, Array.ConvertAll(values, v => 1 + Math.Abs(v))),
            ($"{name}.num_batches_tracked", [], [3]),
        ];
    }

    private static (string, long[], float[]) Random(string name, params long[] shape)
    {
        // Every tensor has values of its own, so that exchanged ones are noticed.
        var random = new Random(name.Sum(c => c) + (31 * name.Length));
        var bound = 1 / Math.Sqrt(shape.Length > 1 ? shape[1..].Aggregate(1L, (a, b) => a * b) / 3.0 : 1);
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++) values[i] = (float)((random.NextDouble() * 2 - 1) * bound);
        return (name, shape, values);
    }
}
