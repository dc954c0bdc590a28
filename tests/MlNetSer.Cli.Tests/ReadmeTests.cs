using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>The C# of the READMEs is compiled as it stands and run as programs of their own, in order, in one folder of sounds.</summary>
public sealed class ReadmeTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("src", "MlNetSer", "README.md")]
    [InlineData("src", "MlNetSer.Audio", "README.md")]
    [InlineData("src", "MlNetSer.Training", "README.md")]
    public void Every_csharp_block_compiles_and_runs(params string[] readme)
    {
        using var folder = new TemporaryFolder();
        SoundsOnDisk.Synthesise(folder, classes: 3, clips: 6);

        CSharpProgram.RunBlocksOf(folder.Path, readme);
    }
}
