namespace MlNetSer.Onnx;

/// <summary>An ONNX model is not a sound encoder of this library, or of a version that it cannot read. The message is one line.</summary>
public sealed class SoundModelException : OnnxModelException
{
    /// <summary>An exception without a message of its own.</summary>
    public SoundModelException()
    {
    }

    /// <summary>An exception that says what is wrong.</summary>
    public SoundModelException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what is wrong and what led to it.</summary>
    public SoundModelException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
