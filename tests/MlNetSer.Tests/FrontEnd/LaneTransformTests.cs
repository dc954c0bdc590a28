using System.Numerics;

namespace MlNetSer.Tests;

public class LaneTransformTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(256)]
    public unsafe void Each_lane_is_transformed_as_the_definition_says(int length)
    {
        WinogradConvolutionTests.RequireKernels();
        var random = new Random(length);
        using AlignedMemory real = new(length * LaneTransform.Lanes), imaginary = new(length * LaneTransform.Lanes);
        var sequences = new Complex[LaneTransform.Lanes][];
        for (var lane = 0; lane < sequences.Length; lane++)
        {
            sequences[lane] = [.. Enumerable.Range(0, length).Select(_ => new Complex(random.NextSingle() - 0.5f, random.NextSingle() - 0.5f))];
            for (var n = 0; n < length; n++) (real.First[(n * 16) + lane], imaginary.First[(n * 16) + lane]) = ((float)sequences[lane][n].Real, (float)sequences[lane][n].Imaginary);
        }
        using var transform = new LaneTransform(length);

        transform.Run(real.First, imaginary.First);

        Assert.Equal(Enumerable.Range(0, length), transform.Places.ToArray().Order());
        for (var lane = 0; lane < sequences.Length; lane++)
        {
            for (var k = 0; k < length; k++)
            {
                var expected = Complex.Zero;
                for (var n = 0; n < length; n++) expected += sequences[lane][n] * Complex.FromPolarCoordinates(1, -2 * Math.PI * (k * n % length) / length);
                var at = (transform.Places[k] * 16) + lane;
                Assert.Equal(0, Complex.Abs(expected - new Complex(real.First[at], imaginary.First[at])), 2e-6 * Math.Sqrt(length));
            }
        }
    }
}
