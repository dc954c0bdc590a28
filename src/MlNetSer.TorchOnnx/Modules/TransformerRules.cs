using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>The transformer, its encoder and its decoder. As in TorchSharp, sequences are [length, batch, features].</summary>
internal static class TransformerRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        Rule<TransformerEncoderLayer>(AttentionProbe.Options, (transformer, layer, inputs) =>
            transformer.EncoderLayer(layer, inputs[0]!, new(inputs.ElementAtOrDefault(1), inputs.ElementAtOrDefault(2)))),
        Rule<TransformerEncoder>(AttentionProbe.Options, (transformer, stack, inputs) =>
            transformer.Encoder(stack, inputs[0]!, new(inputs.ElementAtOrDefault(1), inputs.ElementAtOrDefault(2)))),
        Rule<TransformerDecoderLayer>(AttentionProbe.Options, (transformer, layer, inputs) =>
            transformer.DecoderLayer(layer, inputs[0]!, inputs[1]!, DecoderMasks.From(inputs))),
        Rule<TransformerDecoder>(AttentionProbe.Options, (transformer, stack, inputs) =>
            transformer.Decoder(stack, inputs[0]!, inputs[1]!, DecoderMasks.From(inputs))),
        Rule<Transformer>(AttentionProbe.Options, Whole),
    ];

    /// <summary>Takes source, target, then the masks of source, target and memory: those that are added, and those for key padding.</summary>
    private static OnnxValue Whole(TransformerGraph transformer, ModuleParameters parameters, IReadOnlyList<OnnxValue?> inputs)
    {
        var memory = transformer.Encoder(parameters.Below("encoder"), inputs[0]!, Masks(0));
        return transformer.Decoder(parameters.Below("decoder"), inputs[1]!, memory, new(Masks(1), Masks(2)));

        AttentionMasks Masks(int i) => new(inputs.ElementAtOrDefault(2 + i), inputs.ElementAtOrDefault(5 + i));
    }

    private static ModuleRule Rule<TModule>(
        Func<TModule, ModuleParameters, TransformerOptions> probe, Func<TransformerGraph, ModuleParameters, IReadOnlyList<OnnxValue?>, OnnxValue> export)
        where TModule : nn.Module =>
        new(typeof(TModule), (onnx, module, inputs) =>
        {
            var parameters = ModuleParameters.Of(module);
            return [export(new(onnx, probe((TModule)module, parameters)), parameters, inputs)];
        }, Limits: AttentionRules.MaskLimits);
}
