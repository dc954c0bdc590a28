namespace MlNetSer.Training;

/// <summary>Clips with the number of each one's label.</summary>
internal sealed record LabelledClips(PatchInput Input, int[] Labels);
