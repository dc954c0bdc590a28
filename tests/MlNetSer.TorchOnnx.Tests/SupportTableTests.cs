using System.Text;
using MlNetSer.Testing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx.Tests;

/// <summary>The README's tables are made of the rules, so that they say neither more nor less than what is so.</summary>
public class SupportTableTests
{
    private static readonly Dictionary<string, string> Unsupported = new()
    {
        ["AdaptiveMaxPool3d"] = "does not run in TorchSharp 0.107 itself: it forgets its size and calls the function for one dimension",
        ["EmbeddingBag"] = "neither its mode nor its padding can be read; an Embedding and a mean, sum or maximum over the bag do the same",
        ["FractionalMaxPool2d"] = "draws its windows at random in evaluation too",
        ["FractionalMaxPool3d"] = "draws its windows at random in evaluation too",
        ["MaxUnpool1d"] = "takes the positions of maxima, which no pooling module passes on",
        ["MaxUnpool2d"] = "takes the positions of maxima, which no pooling module passes on",
        ["MaxUnpool3d"] = "takes the positions of maxima, which no pooling module passes on",
        ["ModuleDict"] = "has no forward; a custom module that uses it describes itself",
        ["ParameterDict"] = "has no forward; a custom module that uses it describes itself",
        ["ParameterList"] = "has no forward; a custom module that uses it describes itself",
    };

    [Fact]
    public void Every_module_of_TorchSharp_is_in_one_table()
    {
        var all = typeof(Sequential).Assembly.GetExportedTypes()
            .Where(type => type.IsAssignableTo(typeof(nn.Module)) && !type.IsAbstract && type.Namespace == typeof(Sequential).Namespace)
            // Losses are no part of a model in use; typed Sequentials are bases of custom modules.
            .Where(type => !type.Name.EndsWith("Loss", StringComparison.Ordinal) && !type.Name.StartsWith("Sequential`", StringComparison.Ordinal))
            .Select(Name);
        var listed = ModuleRules.Groups.SelectMany(group => group.Rules).Select(rule => Name(rule.ModuleType)).Concat(Unsupported.Keys);
        Assert.Equal(all.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_readme_has_the_tables()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "MlNetSer.TorchOnnx", "README.md"));
        Assert.True(readme.Contains(Supported(), StringComparison.Ordinal), $"src/MlNetSer.TorchOnnx/README.md should hold:\n{Supported()}");
        Assert.True(readme.Contains(NotSupported(), StringComparison.Ordinal), $"src/MlNetSer.TorchOnnx/README.md should hold:\n{NotSupported()}");
    }

    private static string Supported()
    {
        var table = new StringBuilder("| | module | since opset | parity tested | limits |\n|---|---|---|---|---|\n");
        foreach (var (group, rules) in ModuleRules.Groups)
            foreach (var (rule, i) in rules.Select((rule, i) => (rule, i)))
                table.Append($"| {(i == 0 ? group : "")} | {Name(rule.ModuleType)} | {rule.SinceOpset} | {(LayerParityTests.Covers(rule.ModuleType) ? "yes" : "no")} | {rule.Limits} |\n");
        return table.ToString();
    }

    private static string NotSupported() =>
        "| module | why not |\n|---|---|\n" + string.Concat(Unsupported.Select(entry => $"| {entry.Key} | {entry.Value} |\n"));

    private static string Name(Type type) => type.Name.Split('`')[0];
}
