using MlNetSer.Training;
using static TorchSharp.torch;

namespace MlNetSer.Benchmarks;

/// <summary>What a step of pretraining cannot do without: forward, backward and SGD of a network of its own, on views that stay the same.</summary>
internal sealed class BareStep : IDisposable
{
    private readonly PretrainSettings _settings;
    private readonly SoundEncoder _encoder;
    private readonly ProjectionHead _head;
    private readonly ContrastiveStep _step;
    private readonly Tensor _first, _second;

    /// <summary>A step on noise, which takes as long as one on views.</summary>
    public BareStep(PretrainSettings settings)
    {
        _settings = settings;
        _encoder = SoundEncoders.Create(settings.Encoder, seed: 2);
        _head = new ProjectionHead(_encoder.EmbeddingSize, seed: 2);
        _encoder.train();
        _head.train();
        ChannelsLast.Apply(_encoder);
        _step = new ContrastiveStep(_encoder, _head, settings.Temperature, settings.Momentum, settings.WeightDecay);
        var type = settings.Precision is TrainingPrecision.BFloat16 ? bfloat16 : float32;
        Tensor Views() => randn([settings.BatchSize, 1, 101, 96]).to(type);
        (_first, _second) = (Views(), Views());
    }

    public void Run()
    {
        using var pause = FinaliserPause.Begin();
        using var scope = NewDisposeScope();
        _step.Run(_first, _second, _settings.LearningRate);
    }

    public void Save(string path) => Checkpoint.Write(path, _encoder, _head, _step.Optimiser, default);

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _step.Dispose();
        _encoder.Dispose();
        _head.Dispose();
    }
}
