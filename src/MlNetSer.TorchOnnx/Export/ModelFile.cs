using MlNetSer.Onnx;

namespace MlNetSer.TorchOnnx;

/// <summary>Writes models of any size.</summary>
internal static class ModelFile
{
    /// <summary>Writes one file, or, where the weights do not fit into one, a second one beside it.</summary>
    internal static void Save(OnnxModel model, string path)
    {
        if (model.NeedsExternalData) model.SaveWithExternalData(path);
        else model.Save(path);
    }
}
