namespace MlNetSer.Benchmarks;

/// <summary>One side of a pair.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Run">Does the whole work once and gives its rate: the more the better.</param>
internal sealed record Contender(string Name, Func<double> Run);

/// <summary>Two ways to do the same work.</summary>
/// <param name="Name">What to call it on the command line.</param>
/// <param name="Unit">What the rates count.</param>
/// <param name="First">What is measured.</param>
/// <param name="Second">What it is measured against.</param>
/// <param name="Held">What both work with, in the order in which to dispose of it.</param>
internal sealed record Pair(string Name, string Unit, Contender First, Contender Second, params IReadOnlyList<IDisposable> Held) : IDisposable
{
    public void Dispose()
    {
        foreach (var held in Held) held.Dispose();
    }
}
