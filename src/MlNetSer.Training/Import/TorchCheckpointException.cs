namespace MlNetSer.Training;

/// <summary>A file is no PyTorch checkpoint of tensors, is damaged, or asks for what a checkpoint of tensors never needs.</summary>
public sealed class TorchCheckpointException : IOException
{
    /// <summary>A message of one line: the file, then the reason.</summary>
    /// <param name="path">The file as the caller named it.</param>
    /// <param name="reason">What is wrong, with the values and the byte where it was found.</param>
    public TorchCheckpointException(string path, string reason)
        : base($"{path}: {reason}") => Path = path;

    /// <summary>The file as the caller named it.</summary>
    public string Path { get; }
}
