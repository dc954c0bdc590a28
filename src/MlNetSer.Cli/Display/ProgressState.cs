namespace MlNetSer.Cli;

/// <summary>How far something is.</summary>
/// <param name="Done">What has been done, in whatever unit <paramref name="Total"/> is.</param>
/// <param name="Total">What there is to do.</param>
/// <param name="Detail">What else there is to say at this moment, such as the loss.</param>
internal readonly record struct ProgressState(double Done, double Total, string Detail = "");
