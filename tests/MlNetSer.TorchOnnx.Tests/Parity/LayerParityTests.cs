using MlNetSer.Onnx;
using MlNetSer.Testing;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>
/// Every supported module with random options: exported, run by ONNX Runtime beside the module on two batch sizes, compared. Export does the
/// comparison itself; that it can fail is tested elsewhere.
/// </summary>
public class LayerParityTests
{
    private const int CasesPerLayer = 20;

    private static readonly Dictionary<Type, Func<Draw, LayerCase>> Cases = new IReadOnlyDictionary<Type, Func<Draw, LayerCase>>[]
    {
        ConvolutionCases.All, NormalizationCases.All, PoolingCases.All, ActivationCases.All, ShapeCases.All, SequenceCases.All,
    }.SelectMany(group => group).ToDictionary();

    internal static bool Covers(Type module) => Cases.ContainsKey(module);

    public static TheoryData<string> Layers => [.. ModuleRules.Groups.SelectMany(group => group.Rules).Select(rule => rule.ModuleType.Name)];

    [Fact]
    public void Every_rule_has_a_parity_test() => Assert.Equal(
        ModuleRules.Groups.SelectMany(group => group.Rules).Select(rule => rule.ModuleType.Name).Order(), Cases.Keys.Select(type => type.Name).Order());

    [Fact]
    public void Independent_checker_takes_part() => Assert.SkipWhen(OnnxChecker.Instance is null, OnnxChecker.SkipReason);

    [Theory]
    [MemberData(nameof(Layers))]
    public void Exported_layer_computes_what_the_module_does(string layer)
    {
        var create = Cases.Single(entry => entry.Key.Name == layer).Value;
        for (var seed = 1; seed <= CasesPerLayer; seed++)
        {
            using var layerCase = create(new Draw(seed));
            // The oldest one, which the checker knows, and the others in turn.
            var opset = seed % 2 == 1
                ? OnnxGraphBuilder.OldestOpset
                : OnnxGraphBuilder.OldestOpset + 1 + seed / 2 % (OnnxGraphBuilder.NewestOpset - OnnxGraphBuilder.OldestOpset);
            try
            {
                layerCase.Module.ToJudgedModel(layerCase.Inputs, layerCase.Options(opset));
            }
            catch (Exception exception)
            {
                Assert.Fail($"{layer}, seed {seed}, opset {opset}, {string.Join("; ", layerCase.Inputs.Select(i => string.Join(",", i.Shape)))}: {exception.Message}\n{exception}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Compressed_weights_of_any_layer_stay_close(string layer)
    {
        var create = Cases.Single(entry => entry.Key.Name == layer).Value;
        foreach (var format in (WeightFormat[])[WeightFormat.Float16, WeightFormat.Int8])
        {
            using var layerCase = create(new Draw(1));
            layerCase.Module.ToJudgedModel(layerCase.Inputs, layerCase.Options(OnnxGraphBuilder.OldestOpset, format));
        }
    }
}
