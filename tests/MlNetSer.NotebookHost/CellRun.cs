using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace MlNetSer.NotebookHost;

/// <summary>A notebook's cells, each on what the ones before it left.</summary>
internal static class CellRun
{
    /// <summary>What .NET Interactive imports; Verso imports these and more.</summary>
    private static readonly string[] s_imports =
        ["System", "System.Text", "System.Collections", "System.Collections.Generic", "System.Threading.Tasks", "System.Linq"];

    public static async Task<IReadOnlyList<IReadOnlyList<CellOutput>>> Run(IReadOnlyList<string> cells, IEnumerable<MetadataReference> references)
    {
        var options = ScriptOptions.Default
            .WithReferences(references)
            .AddReferences(typeof(NotebookDisplay).Assembly)
            .WithImports([.. s_imports, typeof(NotebookDisplay).Namespace!]);
        var outputs = new List<IReadOnlyList<CellOutput>>();
        ScriptState<object>? state = null;
        foreach (var (cell, number) in cells.Select((c, i) => (c, i + 1)))
        {
            try
            {
                state = await (state?.ContinueWithAsync<object>(cell, options) ?? CSharpScript.RunAsync<object>(cell, options));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Code cell {number}: {e.Message}\n{cell}\n{NotebookDisplay.Console}", e);
            }
            // Hosts show what a cell ends with.
            if (state.ReturnValue is { } value) value.Display();
            outputs.Add(NotebookDisplay.Take());
        }
        return outputs;
    }
}
