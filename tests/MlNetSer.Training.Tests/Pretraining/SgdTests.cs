using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public class SgdTests
{
    [Fact]
    public void Steps_are_those_of_the_formula()
    {
        using var scope = NewDisposeScope();
        float[] start = [0.5f, -2, 3];
        float[][] gradients = [[1, 0, -4], [0.25f, 2, -1], [0, 0, 0]];
        double[] rates = [0.1, 0.1, 0.02];
        const double Momentum = 0.9;
        const double Decay = 0.01;
        var weight = tensor(start, requires_grad: true);
        using var sgd = new Sgd([("w", weight)], Momentum, Decay);

        var (expected, velocity) = (start.Select(v => (double)v).ToArray(), new double[start.Length]);
        for (var step = 0; step < rates.Length; step++)
        {
            // A loss whose gradient this is. Gradients of former steps must be gone.
            (weight * tensor(gradients[step])).sum().backward();
            sgd.Step(rates[step]);
            for (var i = 0; i < expected.Length; i++)
            {
                velocity[i] = (Momentum * velocity[i]) + gradients[step][i] + (Decay * expected[i]);
                expected[i] -= rates[step] * velocity[i];
            }
            Assert.All(expected.Zip(weight.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
            Assert.All(velocity.Zip(sgd.Velocities.Single().Velocity.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        }
    }

    [Fact]
    public void Weights_that_require_no_gradient_stay()
    {
        using var scope = NewDisposeScope();
        var weight = tensor(new float[] { 1, 2 });
        using var sgd = new Sgd([("w", weight)], 0.9, 0.1);
        sgd.Step(0.1);
        Assert.Equal([1f, 2f], weight.data<float>().ToArray());
    }
}
