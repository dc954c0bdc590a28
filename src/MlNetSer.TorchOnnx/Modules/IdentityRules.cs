using TorchSharp.Modules;

namespace MlNetSer.TorchOnnx;

/// <summary>Modules that do nothing outside training.</summary>
internal static class IdentityRules
{
    internal static IReadOnlyList<ModuleRule> Rules =>
    [
        ModuleRule.Of<Identity>((_, _, x) => x),
        ModuleRule.Of<Dropout>((_, _, x) => x),
        ModuleRule.Of<Dropout1d>((_, _, x) => x),
        ModuleRule.Of<Dropout2d>((_, _, x) => x),
        ModuleRule.Of<Dropout3d>((_, _, x) => x),
        ModuleRule.Of<AlphaDropout>((_, _, x) => x),
        ModuleRule.Of<FeatureAlphaDropout>((_, _, x) => x),
    ];
}
