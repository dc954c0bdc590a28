namespace MlNetSer.Training;

/// <summary>How the learning rate falls over the epochs.</summary>
public enum LearningRateSchedule
{
    /// <summary>To a tenth at each of <see cref="PretrainSettings.Milestones"/>, as in the paper.</summary>
    Steps,

    /// <summary>Along half a cosine, from the learning rate in the first epoch to almost nothing in the last.</summary>
    Cosine,
}
