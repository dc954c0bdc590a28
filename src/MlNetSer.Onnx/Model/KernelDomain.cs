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

    /// <summary>
    /// Whether operators of the domain pay in a model: not where convolutions are in integers, since ONNX Runtime leaves out its own layout for them once a session has operators of others, and pooling of bytes takes ten times as long.
    /// </summary>
    public static bool Pays(OnnxModel model) => !HasIntegers(model.Proto.Graph);

    private static bool HasIntegers(GraphProto graph) => graph.Node.Any(node => node.OpType == "QLinearConv" || ValueNames.SubGraphs(node).Any(HasIntegers));
}
