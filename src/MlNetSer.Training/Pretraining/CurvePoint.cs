using System.Globalization;

namespace MlNetSer.Training;

/// <summary>One epoch of a run.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Loss">Mean loss of its steps.</param>
/// <param name="LearningRate">Its learning rate.</param>
/// <param name="PatchesPerSecond">Views learnt from per second.</param>
/// <param name="Accuracy">What the monitor measured after it, if it did.</param>
public sealed record CurvePoint(int Epoch, double Loss, double LearningRate, double PatchesPerSecond, PretrainAccuracy Accuracy)
{
    private const string Header = "epoch,loss,learning_rate,patches_per_second,linear_accuracy,knn_accuracy";

    internal static void Write(string path, IEnumerable<CurvePoint> points) =>
        AtomicFile.WriteText(path, string.Concat(points.Select(p => p.Line()).Prepend(Header).Select(line => line + "\n")));

    /// <summary>The points of a file, none if it is not there.</summary>
    /// <exception cref="RunException">A line is none of a curve.</exception>
    internal static IEnumerable<CurvePoint> Read(string path) =>
        File.Exists(path) ? File.ReadLines(path).Skip(1).Select(line => Parse(path, line)) : [];

    private string Line() => string.Create(
        CultureInfo.InvariantCulture, $"{Epoch},{Loss:R},{LearningRate:R},{PatchesPerSecond:F1},{Accuracy.Linear:R},{Accuracy.Neighbours:R}");

    private static CurvePoint Parse(string path, string line)
    {
        try
        {
            var cells = line.Split(',');
            double Number(int column) => double.Parse(cells[column], CultureInfo.InvariantCulture);
            double? NumberOrNone(int column) => cells[column].Length == 0 ? null : Number(column);
            // Older runs have one accuracy only.
            var accuracy = new PretrainAccuracy(NumberOrNone(4), cells.Length == 5 ? null : NumberOrNone(5));
            return new CurvePoint(int.Parse(cells[0], CultureInfo.InvariantCulture), Number(1), Number(2), Number(3), accuracy);
        }
        catch (Exception e) when (e is FormatException or OverflowException or IndexOutOfRangeException)
        {
            throw new RunException($"{path}: \"{line}\" is not a line of a curve ({Header}).", e);
        }
    }
}
