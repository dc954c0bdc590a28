using System.Text.Json;
using MlNetSer.Testing;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

/// <summary>Three steps of an independent implementation, from the same weights and views.</summary>
public class PublishedStepTests
{
    [Fact]
    public void Three_steps_give_the_reference_losses_and_weights()
    {
        using var scope = NewDisposeScope();
        var encoder = SoundEncoders.Create("vgg", seed: 1);
        var head = new ProjectionHead(encoder.EmbeddingSize, seed: 1);
        var before = Weights("init");
        PublishedVgg.Load(encoder, before.Encoder);
        PublishedVgg.Load(head, before.Head);
        encoder.train();
        head.train();
        using var step = new ContrastiveStep(encoder, head, temperature: 0.2, momentum: 0.9, weightDecay: 1e-4);
        var (first, second) = (Reference.Tensor("step_xi.npy"), Reference.Tensor("step_xj.npy"));

        var losses = Enumerable.Range(0, 3).Select(_ => step.Run(first, second, rate: 0.03)).ToArray();

        using var meta = JsonDocument.Parse(File.ReadAllText(SharedData.Require("golden", "meta.json")));
        var expected = meta.RootElement.GetProperty("step_losses").EnumerateArray().Select(v => v.GetDouble()).ToArray();
        for (var i = 0; i < 3; i++) Assert.InRange(losses[i], expected[i] - 1e-3, expected[i] + 1e-3);
        var after = Weights("after3");
        AssertChanges(before.Encoder, after.Encoder, encoder.state_dict());
        AssertChanges(before.Head, after.Head, head.state_dict());
    }

    private static (Dictionary<string, Npy> Encoder, Dictionary<string, Npy> Head) Weights(string when) => (
        PublishedVgg.Read($"step_model_{when}.npz", PublishedVgg.EncoderName),
        PublishedVgg.Read($"step_head_{when}.npz", PublishedVgg.HeadName));

    private static void AssertChanges(Dictionary<string, Npy> before, Dictionary<string, Npy> after, Dictionary<string, Tensor> actual)
    {
        foreach (var (name, start) in before)
        {
            var from = Reference.Tensor(start).to(float64);
            var error = Reference.RelativeError(Reference.Tensor(after[name]).to(float64) - from, actual[name].to(float64) - from);
            Assert.True(error < 0.02, $"the change of {name} is {error:P2} away from the reference");
        }
    }
}
