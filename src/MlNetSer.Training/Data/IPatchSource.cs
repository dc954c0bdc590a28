using MlNetSer.Onnx;

namespace MlNetSer.Training;

/// <summary>Where pretraining takes its patches from: sounds on disk, or sounds made up while it goes on.</summary>
/// <remarks>One thread at a time asks it, ahead of the training that goes on beside.</remarks>
public interface IPatchSource
{
    /// <summary>What is learnt from.</summary>
    TrainingData Data { get; }

    /// <summary>The front end that the log-mels come from.</summary>
    LogMelSettings LogMel { get; }

    /// <summary>Mean and standard deviation of the log-mels, by which the encoder's input is normalised from now on.</summary>
    InputNormalisation Normalisation { get; }

    /// <summary>Fills a batch; the same batch at the same place in training.</summary>
    /// <param name="batch">To be filled whole: patches and, where wanted, backgrounds.</param>
    /// <param name="position">Step s of an epoch takes the s-th part of that epoch's clips.</param>
    void Fill(PatchBatch batch, TrainingPosition position);
}
