using MlNetSer.Onnx;

namespace MlNetSer.Training;

/// <summary>Measures an encoder while it is trained; its figures stand in the curve. It cannot change the outcome of the training.</summary>
/// <param name="EveryEpochs">It is asked after every so many epochs, and after the last.</param>
/// <param name="Measure">Judges the networks as they are; they are in evaluation mode and must stay unchanged.</param>
public sealed record PretrainMonitor(int EveryEpochs, Func<PretrainSnapshot, CancellationToken, PretrainAccuracy> Measure);

/// <summary>The networks at the end of an epoch. Valid only while the monitor runs.</summary>
/// <param name="Epoch">Epochs trained so far.</param>
/// <param name="Encoder">The encoder, in evaluation mode.</param>
/// <param name="Head">The projection head, in evaluation mode.</param>
/// <param name="Info">What an exported encoder would say about itself.</param>
public sealed record PretrainSnapshot(int Epoch, SoundEncoder Encoder, ProjectionHead Head, SoundModelInfo Info)
{
    /// <summary>The encoder as a model from waveform to embedding.</summary>
    public OnnxModel ToModel() => EncoderExport.ToModel(Encoder, Info);
}
