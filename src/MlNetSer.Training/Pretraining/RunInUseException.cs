namespace MlNetSer.Training;

/// <summary>Another process, or another trainer in this one, is training the run.</summary>
public sealed class RunInUseException : RunException
{
    internal RunInUseException(string runFolder)
        : base($"{runFolder} is in use by another run.")
    {
    }
}
