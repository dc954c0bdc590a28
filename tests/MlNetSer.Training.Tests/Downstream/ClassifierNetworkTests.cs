using MlNetSer.Onnx;
using MlNetSer.Testing;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public sealed class ClassifierNetworkTests
{
    /// <summary>Cross-entropy, gradient, momentum and weight decay worked out in double precision.</summary>
    [Fact]
    public void Two_steps_are_those_of_SGD_on_cross_entropy()
    {
        const int size = 5, labels = 3, clips = 4;
        const double rate = 0.1, momentum = 0.9, decay = 1e-2;
        using var network = new ClassifierNetwork(null, size, labels, seed: 4);
        using var step = new SupervisedStep(network, momentum, decay);
        var random = new TrainingPosition(1, 0, 0).Random("input");
        var input = random.Uniform(-2, 2, clips * size);
        long[] targets = [0, 2, 2, 1];
        var (weights, biases) = network.Layer();
        double[] w = [.. weights.Select(v => (double)v)], b = [.. biases.Select(v => (double)v)];
        double[] speedW = new double[w.Length], speedB = new double[b.Length];

        for (var i = 0; i < 2; i++)
        {
            using var scope = NewDisposeScope();
            var loss = step.Run(tensor(input, [clips, size]), tensor(targets), rate);
            Assert.Equal(Reference(), loss, 1e-5);
        }

        var (afterW, afterB) = network.Layer();
        foreach (var (e, a) in w.Concat(b).Zip(afterW.Concat(afterB))) Assert.Equal(e, a, 1e-5);
        Assert.True(weights.Zip(afterW).Max(p => Math.Abs(p.First - p.Second)) > 0.01);

        double Reference()
        {
            double[] gradientW = new double[w.Length], gradientB = new double[b.Length];
            var loss = 0.0;
            for (var n = 0; n < clips; n++)
            {
                var logits = Enumerable.Range(0, labels).Select(k => b[k] + Enumerable.Range(0, size).Sum(d => w[k * size + d] * input[n * size + d])).ToArray();
                var sum = logits.Sum(Math.Exp);
                loss -= Math.Log(Math.Exp(logits[targets[n]]) / sum) / clips;
                for (var k = 0; k < labels; k++)
                {
                    var error = (Math.Exp(logits[k]) / sum - (k == targets[n] ? 1 : 0)) / clips;
                    gradientB[k] += error;
                    for (var d = 0; d < size; d++) gradientW[k * size + d] += error * input[n * size + d];
                }
            }
            Descend(w, gradientW, speedW);
            Descend(b, gradientB, speedB);
            return loss;
        }

        static void Descend(double[] values, double[] gradients, double[] speeds)
        {
            for (var i = 0; i < values.Length; i++)
            {
                speeds[i] = momentum * speeds[i] + gradients[i] + decay * values[i];
                values[i] -= rate * speeds[i];
            }
        }
    }

    [Fact]
    public void The_first_weights_follow_from_the_seed()
    {
        (float[] Weights, float[] Biases) First(long seed)
        {
            using var network = new ClassifierNetwork(null, 16, 3, seed);
            return network.Layer();
        }

        var (weights, biases) = First(4);
        Assert.Equal(weights, First(4).Weights);
        Assert.Equal(biases, First(4).Biases);
        Assert.NotEqual(weights, First(5).Weights);
        Assert.All(weights, w => Assert.InRange(w, -0.25f, 0.25f));
    }

    [Fact]
    public void Fine_tuning_sends_gradients_to_every_weight_of_the_encoder()
    {
        using var scope = NewDisposeScope();
        using var network = new ClassifierNetwork(SoundEncoders.Create("vgg", seed: 1), 512, 3, seed: 1);
        network.train();
        var before = network.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().clone());
        using var step = new SupervisedStep(network, momentum: 0, weightDecay: 0);

        step.Run(rand(4, 1, 101, 96), tensor(new long[] { 0, 1, 2, 0 }), rate: 0.1);

        Assert.True(before.Count > 20);
        foreach (var (name, parameter) in network.named_parameters())
            Assert.False(parameter.allclose(before[name], rtol: 0, atol: 0), $"{name} has not changed");
    }

    [Fact]
    public void Scores_are_the_mean_softmax_of_the_patches_that_the_exported_model_takes()
    {
        using var folder = new TemporaryFolder();
        using var cache = TestSounds.Cache(folder, 3, seconds: 2.3);
        var input = new LogMelInput(cache, [[0], [1], [2]], cache.Normalisation, float32);
        using var encoder = SoundEncoders.Create("vgg", seed: 2);
        using var network = new ClassifierNetwork(encoder, 512, 4, seed: 3);
        var info = new SoundModelInfo
        {
            Name = "test",
            Encoder = "vgg",
            EmbeddingSize = 512,
            Normalisation = cache.Normalisation,
            Labels = ["a", "b", "c", "d"],
        };
        var (weights, biases) = network.Layer();

        var probabilities = ClassifierScoring.Probabilities(network, input, 4, CPU, TestContext.Current.CancellationToken);
        var model = SoundClassifierGraph.Compose(EncoderExport.ToModel(encoder, info with { Labels = [] }), info, weights, biases);

        using var predictor = new SoundPredictor(model.ToBytes());
        for (var clip = 0; clip < 3; clip++)
        {
            Assert.Equal(info.LogMel.PatchCount((long)((2.3 + 0.1 * clip) * TestSounds.Rate)), input.PatchesOf(clip));
            var expected = predictor.PredictFile(cache.PathOf(clip)).Probabilities;
            // The cache holds half precision.
            foreach (var (e, a) in expected.Zip(probabilities[clip])) Assert.Equal(e, a, 1e-3);
            Assert.Equal(1, probabilities[clip].Sum(), 1e-5);
        }
    }

    [Theory]
    [InlineData("vgg")]
    [InlineData("crnn")]
    [InlineData("frame")]
    [InlineData("resnet18")]
    public void The_exported_classifier_gives_the_networks_probabilities(string architecture)
    {
        using var scope = NewDisposeScope();
        using var encoder = SoundEncoders.Create(architecture, seed: 5);
        using var network = new ClassifierNetwork(encoder, encoder.EmbeddingSize, 3, seed: 6);
        // Statistics and weights that are not those of the beginning.
        using (var step = new SupervisedStep(network, 0.9, 0))
        {
            network.train();
            for (var i = 0; i < 3; i++) step.Run(randn(6, 1, 101, 96, generator: new Generator((ulong)i)), tensor(new long[] { 0, 1, 2, 0, 1, 2 }), 0.1);
        }
        network.eval();
        var info = new SoundModelInfo { Name = "t", Encoder = architecture, EmbeddingSize = encoder.EmbeddingSize, Normalisation = new(-2, 1.5f) };
        var (weights, biases) = network.Layer();
        var model = SoundClassifierGraph.Compose(EncoderExport.ToModel(encoder, info), info with { Labels = ["a", "b", "c"] }, weights, biases);
        var waveform = TestSounds.Waveform(3, 4);

        using var predictor = new SoundPredictor(model.ToBytes());
        var actual = predictor.PredictPatches(waveform);

        var (patches, count) = FrontEndPatches.Of(waveform, info.Normalisation);
        using var noGradient = no_grad();
        var expected = nn.functional.softmax(network.call(tensor(patches, [count, 1, 101, 96])), dim: 1).data<float>().ToArray();
        Assert.Equal(expected.Length, 3 * actual.Count);
        foreach (var (e, a) in expected.Zip(actual.SelectMany(p => p.Probabilities))) Assert.Equal(e, a, 1e-4);
        Assert.True(expected.Max() - expected.Min() > 0.02, "the probabilities say nothing");
    }
}
