using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>Finds the log-mel front end at the beginning of a model and puts an operator of this library's own in its place.</summary>
internal static class FrontEndNodes
{
    /// <summary>The operator's name: from waveform [1, N] and statistics [2] to log-mel spectrogram [T, bands].</summary>
    public const string Operator = "LogMel";

    /// <summary>Replaces the front end, if the model begins with what <see cref="LogMelFrontEnd"/> makes of the settings, and with nothing else.</summary>
    /// <param name="model">Its nodes are replaced.</param>
    /// <param name="settings">What the model says of its front end.</param>
    /// <returns>Whether it was found. Models of earlier versions may have computed it in other ways.</returns>
    public static bool Take(OnnxModel model, LogMelSettings settings)
    {
        var expected = LogMelFrontEnd.Build(settings, (int)model.Opset).Proto.Graph;
        var graph = model.Proto.Graph;
        var names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [LogMelFrontEnd.Waveform] = LogMelFrontEnd.Waveform,
            [LogMelFrontEnd.Statistics] = LogMelFrontEnd.Statistics,
        };
        if (!GraphMatch.Begins(graph, expected, names)) return false;
        var made = names[LogMelFrontEnd.LogMel];
        var inner = graph.Node.Take(expected.Node.Count).SelectMany(n => n.Output).Where(o => o != made).ToHashSet(StringComparer.Ordinal);
        if (graph.Node.Skip(expected.Node.Count).SelectMany(GraphUsers.Uses).Concat(graph.Output.Select(o => o.Name)).Any(inner.Contains)) return false;
        for (var i = expected.Node.Count - 1; i > 0; i--) graph.Node.RemoveAt(i);
        var own = new NodeProto { OpType = Operator, Domain = KernelDomain.Name, Name = Operator };
        own.Input.Add([LogMelFrontEnd.Waveform, LogMelFrontEnd.Statistics]);
        own.Output.Add(made);
        graph.Node[0] = own;
        GraphUsers.RemoveUnusedWeights(graph);
        KernelDomain.Import(model);
        return true;
    }
}
