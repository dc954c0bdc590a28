using MlNetSer.Onnx;
using MlNetSer.Testing;

namespace MlNetSer.TorchOnnx.Tests;

public class ReadmeTests
{
    [Fact]
    public void Its_programs_do_and_print_what_it_says()
    {
        using var folder = new TemporaryFolder();

        CSharpProgram.RunBlocksOf(folder.Path, "src", "MlNetSer.TorchOnnx", "README.md");

        Assert.Equal(["block.onnx", "net.onnx"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        foreach (var path in Directory.GetFiles(folder.Path)) Judged.AcceptFile(path);
        Assert.Equal("output: Float32 [batch, 10]", Assert.Single(OnnxModel.Load(folder.File("net.onnx")).Outputs).ToString());
        // Convolution, ReLU and sum, twice.
        Assert.Equal(6, OnnxModel.Load(folder.File("block.onnx")).NodeCount);
    }
}
