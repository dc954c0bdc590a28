using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MlNetSer.Training.Tests;

/// <summary>ResNet-18 written down once more, operation by operation over a dictionary of weights, in double precision.</summary>
internal static class NaiveResNet18
{
    public static Tensor Embed((string Name, long[] Shape, float[] Values)[] state, Tensor patches)
    {
        var weights = state.ToDictionary(t => t.Name, t => tensor(t.Values, t.Shape).to(float64));
        var x = functional.max_pool2d(Normalised(patches.to(float64), "conv1", "bn1", stride: 2).relu(), 3, stride: 2, padding: 1);
        for (var layer = 1; layer <= 4; layer++)
        {
            for (var block = 0; block < 2; block++)
            {
                var name = $"layer{layer}.{block}";
                var stride = layer > 1 && block == 0 ? 2 : 1;
                var y = Normalised(x, $"{name}.conv1", $"{name}.bn1", stride).relu();
                y = Normalised(y, $"{name}.conv2", $"{name}.bn2", stride: 1);
                x = (y + (stride == 2 ? Normalised(x, $"{name}.downsample.0", $"{name}.downsample.1", stride) : x)).relu();
            }
        }
        return x.mean([2, 3]);

        Tensor Normalised(Tensor input, string convolution, string norm, int stride)
        {
            var kernel = weights[$"{convolution}.weight"];
            var y = functional.conv2d(input, kernel, strides: [stride, stride], padding: [kernel.shape[2] / 2, kernel.shape[3] / 2]);
            Tensor PerChannel(string name) => weights[$"{norm}.{name}"].reshape(1, -1, 1, 1);
            return (y - PerChannel("running_mean")) / (PerChannel("running_var") + 1e-5).sqrt() * PerChannel("weight") + PerChannel("bias");
        }
    }
}
