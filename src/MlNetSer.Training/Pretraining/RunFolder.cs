namespace MlNetSer.Training;

/// <summary>What lies where in a run's folder.</summary>
internal static class RunFolder
{
    public static string DescriptionPath(string folder) => Path.Combine(folder, "run.json");

    public static string CheckpointPath(string folder) => Path.Combine(folder, "checkpoint.safetensors");

    public static string WhiteningPath(string folder) => Path.Combine(folder, "whitening.safetensors");

    public static string CurvePath(string folder) => Path.Combine(folder, "curve.csv");

    public static string SessionsPath(string folder) => Path.Combine(folder, "sessions.json");

    public static string LockPath(string folder) => Path.Combine(folder, "run.lock");
}
