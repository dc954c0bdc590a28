namespace MlNetSer.TorchOnnx;

/// <summary>A module cannot be exported, or its exported graph does not compute what the module does. The message is one line.</summary>
public class OnnxExportException : Exception
{
    /// <summary>An exception without a message of its own.</summary>
    public OnnxExportException()
    {
    }

    /// <summary>An exception that says which module and why.</summary>
    public OnnxExportException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says which module and why, and what led to it.</summary>
    public OnnxExportException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
