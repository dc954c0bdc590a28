using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>The C# of the README is compiled as it stands and run as programs of their own, in order, in one folder of sounds.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void Every_csharp_block_compiles_and_runs()
    {
        using var folder = new TemporaryFolder();
        SoundsOnDisk.Synthesise(folder, classes: 3, clips: 6);

        CSharpProgram.RunBlocksOf(folder.Path, "README.md");
    }
}
