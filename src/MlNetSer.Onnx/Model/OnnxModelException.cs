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
        : base(OneLine(message))
    {
    }

    /// <summary>An exception that says what is wrong and what led to it.</summary>
    public OnnxModelException(string message, Exception? innerException)
        : base(OneLine(message), innerException)
    {
    }

    // Names in a damaged file can hold anything.
    private static string OneLine(string message) => string.Create(message.Length, message, static (span, text) =>
    {
        for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(text[i]) ? ' ' : text[i];
    });
}
