namespace MlNetSer.Training;

/// <summary>What a monitor measured after an epoch: accuracies from 0 to 1, null where it did not look.</summary>
/// <param name="Linear">Of linear evaluation on the encoder's embeddings.</param>
/// <param name="Neighbours">Of nearest neighbours among the projection head's outputs, as <see cref="NeighbourMonitor"/> measures it.</param>
public readonly record struct PretrainAccuracy(double? Linear = null, double? Neighbours = null)
{
    /// <summary>Whether there is any figure.</summary>
    public bool IsEmpty => Linear is null && Neighbours is null;
}
