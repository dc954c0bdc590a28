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

    [Theory]
    [InlineData("in rows", 300_007)]
    [InlineData("channels last", 3 * 5 * 7 * 11)]
    [InlineData("columns apart", 40)]
    [InlineData("64 bits", 40)]
    public void Steps_are_the_same_however_weights_lie_in_memory(string layout, int count)
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        Tensor Of(Tensor values) => layout switch
        {
            "channels last" => values.reshape(7, 3, 5, 11).permute(0, 3, 1, 2),
            "columns apart" => cat([values.unsqueeze(1), values.unsqueeze(1)], 1).select(1, 0),
            "64 bits" => values.to(float64),
            _ => values,
        };
        var (start, first, second) = (randn(count), randn(count), randn(count));
        var plain = start.clone().to(float64);
        var velocity = zeros_like(plain);
        var weight = Of(start.clone()).requires_grad_();
        using var sgd = new Sgd([("w", weight)], 0.9, 0.01);

        foreach (var gradient in new[] { first, second })
        {
            velocity = (0.9 * velocity) + gradient.to(float64) + (0.01 * plain);
            plain -= 0.5 * velocity;
            (weight * Of(gradient)).sum().backward();
            sgd.Step(0.5);
        }

        Assert.InRange(Reference.RelativeError(Of(plain), weight.detach()), 0, 1e-6);
        Assert.Equal(0, weight.grad!.abs().max().to(float32).item<float>());
    }

    [Fact]
    public void Follows_a_gradient_that_lies_otherwise_than_its_weight()
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        var weight = zeros([2, 3, 4, 5], requires_grad: true);
        using var sgd = new Sgd([("w", weight)], 0, 0);
        var gradient = randn(2, 4, 5, 3).permute(0, 3, 1, 2);
        var expected = -gradient.clone();
        weight.grad = gradient;

        sgd.Step(1);

        Assert.InRange(Reference.RelativeError(expected, weight.detach()), 0, 1e-6);
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
