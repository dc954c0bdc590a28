namespace MlNetSer.Onnx;

/// <summary>How the embeddings of a clip's patches become the embedding of the clip.</summary>
public enum ClipPooling
{
    /// <summary>Their mean, as in the paper.</summary>
    Mean,

    /// <summary>The largest value of each element: what sounds for a moment only counts as much as what lasts.</summary>
    Maximum,
}
