using MlNetSer.Testing;

namespace MlNetSer.Onnx.Tests;

public class ReadmeTests
{
    [Fact]
    public void Its_programs_run_and_print_what_it_says()
    {
        using var folder = new TemporaryFolder();
        SmallEncoder.Build().Save(folder.File("patches.onnx"));

        CSharpProgram.RunBlocksOf(folder.Path, "src", "MlNetSer.Onnx", "README.md");

        Assert.Empty(OnnxModel.Load(folder.File("spliced.onnx")).FindProblems());
        Assert.Equal(["waveform"], OnnxModel.Load(folder.File("encoder.onnx")).Inputs.Select(input => input.Name));
    }
}
