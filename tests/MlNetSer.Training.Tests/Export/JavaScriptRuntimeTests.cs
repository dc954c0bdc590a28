namespace MlNetSer.Training.Tests;

/// <summary>Exported encoders outside .NET: one file gives the same embeddings in Node.js and in a browser as in C#.</summary>
public sealed class JavaScriptRuntimeTests(JavaScriptCases cases, ITestOutputHelper output) : IClassFixture<JavaScriptCases>
{
    private const double Tolerance = 1e-3;

    [Fact]
    public void Onnxruntime_node_gives_the_embeddings_of_csharp()
    {
        JavaScriptRuntime.RequirePackage("onnxruntime-node");

        Compare("node");
    }

    [Fact]
    public void Onnxruntime_web_in_a_browser_gives_the_embeddings_of_csharp()
    {
        JavaScriptRuntime.RequirePackage("onnxruntime-web");
        var browser = JavaScriptRuntime.RequireProgram("apt-get install chromium", "chromium", "google-chrome");

        Compare("web", browser);
    }

    private void Compare(string script, params string[] arguments)
    {
        var node = JavaScriptRuntime.RequireProgram("apt-get install nodejs npm", "node");
        if (JavaScriptCases.RealClip is null) TestContext.Current.AddWarning("NOT RUN on a real clip: needs the shared data.");
        var expected = cases.Expected;

        var actual = JavaScriptRuntime.Run(node, script, cases.Folder, arguments);

        Assert.Equal(expected.Select(o => o.Name), actual.Select(o => o.Name));
        foreach (var (one, other) in expected.Zip(actual)) AssertClose(one, other);
        foreach (var model in SoundEncoders.Names) AssertTellsApart(model, expected);
    }

    private void AssertClose(RuntimeOutput expected, RuntimeOutput actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.Values.Length, actual.Values.Length);
        Assert.All(expected.Values, value => Assert.True(float.IsFinite(value), $"{expected.Name}: {value} in C#"));
        var difference = LargestDifference(expected, actual);
        output.WriteLine($"{expected.Name}: [{string.Join(", ", expected.Shape)}], largest difference {difference:g2}");
        Assert.True(difference <= Tolerance, $"{expected.Name}: {difference} off");
    }

    /// <summary>Without it, a model that hears nothing would agree with anything.</summary>
    private static void AssertTellsApart(string model, RuntimeOutput[] outputs)
    {
        var (one, other) = (Embedding("1s"), Embedding("5s"));
        var difference = LargestDifference(one, other);
        Assert.True(difference > 100 * Tolerance, $"{model} hardly tells two clips apart: {difference}");

        RuntimeOutput Embedding(string clip) => outputs.Single(o => (o.Model, o.Clip, o.Output) == (model, clip, "embedding"));
    }

    private static double LargestDifference(RuntimeOutput one, RuntimeOutput other) =>
        one.Values.Zip(other.Values, (a, b) => Math.Abs((double)a - b)).Max();
}
