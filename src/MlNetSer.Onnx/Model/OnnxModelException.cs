namespace MlNetSer.Onnx;

/// <summary>A file or byte array is not an ONNX model, or a model breaks ONNX's rules. The message is one line.</summary>
public class OnnxModelException : IOException
{
    /// <summary>An exception without a message of its own.</summary>
    public OnnxModelException()
    {
    }

    /// <summary>An exception that says what is wrong.</summary>
    public OnnxModelException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what is wrong and what led to it.</summary>
    public OnnxModelException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
