using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>The domain of operators that this library computes in place of ONNX Runtime's. No file has them: they are put in when a model is opened.</summary>
internal static class KernelDomain
{
    public const string Name = "mlnetser.kernels";

    /// <summary>Makes a model's nodes see the domain.</summary>
    public static void Import(OnnxModel model)
    {
        if (model.Proto.OpsetImport.All(o => o.Domain != Name)) model.Proto.OpsetImport.Add(new OperatorSetIdProto { Domain = Name, Version = 1 });
    }
}
