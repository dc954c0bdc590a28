namespace MlNetSer;

/// <summary>What a sound classifier says of a stretch of a recording: what it hears in the patch of about a second around it.</summary>
/// <param name="Onset">Where the stretch begins, in seconds from the beginning of the recording: half-way from the patch before.</param>
/// <param name="Offset">Where it ends, in seconds: half-way to the next patch.</param>
/// <param name="Prediction">The label and the probabilities of the patch.</param>
public sealed record TimelinePrediction(double Onset, double Offset, SoundPrediction Prediction);
