namespace MlNetSer.Training;

/// <summary>A run folder or its training data cannot be used; the message names the file and says what to do.</summary>
public class RunException : Exception
{
    /// <summary>An exception with a message for the user.</summary>
    public RunException(string message)
        : base(message.ReplaceLineEndings(" "))
    {
    }

    /// <summary>An exception with a message for the user and what caused it.</summary>
    public RunException(string message, Exception innerException)
        : base(message.ReplaceLineEndings(" "), innerException)
    {
    }
}
