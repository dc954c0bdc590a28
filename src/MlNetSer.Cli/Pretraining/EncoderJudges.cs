namespace MlNetSer.Cli;

/// <summary>What encoders are judged by where the user names no classifiers: quick ones, that say how well classes lie apart and how close neighbours are.</summary>
internal static class EncoderJudges
{
    public static FoldEvaluationOptions Options { get; } = new()
    {
        Classifiers = [SoundClassifier.Linear, SoundClassifier.NearestNeighbours],
    };
}
