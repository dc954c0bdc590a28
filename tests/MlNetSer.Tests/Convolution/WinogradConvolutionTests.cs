using System.Runtime.Intrinsics;

namespace MlNetSer.Tests;

/// <summary>Convolutions by Winograd's filtering, against sums of nine products in double precision.</summary>
public unsafe class WinogradConvolutionTests
{
    /// <summary>Images, channels, sizes and pads: tiles that are whole, cut off at every side, and larger than the image; more tiles than are computed at once.</summary>
    public static TheoryData<int, int, int, int, int, string> Shapes => new()
    {
        { 1, 16, 32, 4, 4, "1111" },
        { 2, 16, 32, 1, 1, "1111" },
        { 1, 16, 64, 3, 3, "0000" },
        { 3, 32, 64, 7, 6, "1111" },
        { 2, 64, 96, 13, 12, "1111" },
        { 1, 32, 32, 50, 48, "1111" },
        { 2, 48, 64, 9, 10, "1101" },
        { 2, 48, 32, 9, 10, "0111" },
        { 1, 128, 128, 5, 21, "1010" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Gives_what_the_definition_gives(int count, int inputs, int outputs, int height, int width, string pads)
    {
        RequireKernels();
        var (grid, random) = (Grid(height, width, pads), new Random(1));
        var (images, filters, bias) = (Draw(random, count * height * width * inputs), Draw(random, outputs * inputs * 9), Draw(random, outputs));
        foreach (var finish in Finishes(grid))
        {
            var expected = Direct(images, count, grid, inputs, outputs, filters, bias, finish);

            var made = Run<SinglePrecision, float>(images, count, grid, inputs, outputs, filters, bias, finish);

            AssertClose(expected, made, 1e-5);
        }
    }

    [Fact]
    public void Reads_and_writes_bfloat16()
    {
        RequireKernels();
        var (grid, random) = (TileGrid.Same(9, 14), new Random(2));
        var (filters, bias) = (Draw(random, 64 * 32 * 9), Draw(random, 64));
        ushort[] stored = [.. Draw(random, 2 * 9 * 14 * 32).Select(v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16))];
        var expected = Direct([.. stored.Select(Value)], 2, grid, 32, 64, filters, bias, default);

        var made = Run<BrainPrecision, ushort>(stored, 2, grid, 32, 64, filters, bias, default);

        // Seven bits behind the first.
        Assert.All(expected.Zip(made), pair => Assert.Equal(pair.First, Value(pair.Second), Math.Abs(pair.First / 256) + 1e-4));

        static float Value(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
    }

    [Fact]
    public void An_image_s_values_do_not_depend_on_those_that_it_comes_with()
    {
        RequireKernels();
        var (grid, random) = (TileGrid.Same(7, 6), new Random(3));
        var (images, filters) = (Draw(random, 20 * 7 * 6 * 32), Draw(random, 64 * 32 * 9));

        var together = Run<SinglePrecision, float>(images, 20, grid, 32, 64, filters, [], default);

        foreach (var i in Enumerable.Range(0, 20))
        {
            var alone = Run<SinglePrecision, float>([.. images.Skip(i * 7 * 6 * 32).Take(7 * 6 * 32)], 1, grid, 32, 64, filters, [], default);
            Assert.Equal(alone, together.Skip(i * 7 * 6 * 64).Take(7 * 6 * 64));
        }
    }

    [Fact]
    public void What_is_no_number_stays_none()
    {
        RequireKernels();
        var grid = TileGrid.Same(8, 8);
        var images = new float[8 * 8 * 32];
        images[((3 * 8) + 3) * 32] = float.NaN;
        var filters = Draw(new(4), 32 * 32 * 9);

        var made = Run<SinglePrecision, float>(images, 1, grid, 32, 32, filters, [], new(Relu: true, Pool: true));

        Assert.All(Enumerable.Range(0, 32), c => Assert.True(float.IsNaN(made[((1 * 4) + 1) * 32 + c])));
    }

    [Theory]
    [InlineData(32, 8, 6, "1111")]
    [InlineData(64, 7, 5, "1111")]
    [InlineData(64, 9, 9, "1101")]
    [InlineData(32, 3, 3, "0000")]
    public void A_first_convolution_gives_what_the_definition_gives(int outputs, int height, int width, string pads)
    {
        RequireKernels();
        var (grid, random) = (Grid(height, width, pads), new Random(5));
        var (image, filters, bias) = (Draw(random, height * width), Draw(random, outputs * 9), Draw(random, outputs));
        using var convolution = new FirstConvolution(outputs, filters, bias);
        using var padded = new AlignedMemory();
        foreach (var finish in Finishes(grid))
        {
            var expected = Direct(image, 1, grid, 1, outputs, filters, bias, finish);
            var made = new float[expected.Length];

            // The second time it finds memory that was used.
            for (var time = 0; time < 2; time++)
            {
                fixed (float* from = image, to = made) convolution.Run(from, grid, to, finish, padded);
                AssertClose(expected, made, 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(64, 33)]
    [InlineData(16, 16)]
    public void Channels_and_points_change_places_and_back(int channels, int points)
    {
        var image = Draw(new(6), channels * points);
        var (there, back) = (new float[image.Length], new float[image.Length]);

        fixed (float* from = image, to = there, again = back)
        {
            ChannelOrder.ToPoints(from, points, channels, points, to);
            ChannelOrder.ToChannels(to, points, channels, again, points);
        }

        Assert.Equal(image[(2 * points) + 1], there[(1 * channels) + 2]);
        Assert.Equal(image, back);
    }

    internal static void RequireKernels() => Assert.SkipUnless(Vector512.IsHardwareAccelerated, "This processor lacks AVX-512: ONNX Runtime computes all convolutions.");

    internal static float[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];

    private static TileGrid Grid(int height, int width, string pads) => new(height, width, pads[0] - '0', pads[1] - '0', pads[2] - '0', pads[3] - '0');

    private static IEnumerable<Finish> Finishes(TileGrid grid) =>
        from relu in (bool[])[false, true]
        from pool in grid is { OutputHeight: > 1, OutputWidth: > 1 } ? (bool[])[false, true] : [false]
        select new Finish(relu, pool);

    private static TStored[] Run<TPrecision, TStored>(
        TStored[] images, int count, TileGrid grid, int inputs, int outputs, float[] filters, float[] bias, Finish finish)
        where TPrecision : struct, IPrecision<TStored>
        where TStored : unmanaged
    {
        using var convolution = WinogradConvolution.Of(inputs, outputs, filters, bias);
        using var scratch = new WinogradScratch();
        var half = finish.Pool ? 2 : 1;
        var made = new TStored[count * (grid.OutputHeight / half) * (grid.OutputWidth / half) * outputs];
        fixed (TStored* from = images, to = made) convolution.Run<TPrecision, TStored>(from, count, grid, to, finish, scratch);
        return made;
    }

    private static double[] Direct(float[] images, int count, TileGrid grid, int inputs, int outputs, float[] filters, float[] bias, Finish finish)
    {
        var half = finish.Pool ? 2 : 1;
        var (height, width) = (grid.OutputHeight / half, grid.OutputWidth / half);
        return
        [
            .. from n in Enumerable.Range(0, count)
               from y in Enumerable.Range(0, height)
               from x in Enumerable.Range(0, width)
               from o in Enumerable.Range(0, outputs)
               let points = from i in Enumerable.Range(0, half) from j in Enumerable.Range(0, half) select Point(n, (half * y) + i, (half * x) + j, o)
               select finish.Relu ? Math.Max(points.Max(), 0) : points.Max(),
        ];

        double Point(int n, int y, int x, int o)
        {
            double sum = bias[o];
            for (var i = 0; i < 9; i++)
            {
                var (row, column) = (y + (i / 3) - grid.Top, x + (i % 3) - grid.Left);
                if (row < 0 || row >= grid.Height || column < 0 || column >= grid.Width) continue;
                for (var c = 0; c < inputs; c++)
                    sum += images[((((n * grid.Height) + row) * grid.Width) + column) * inputs + c] * (double)filters[(((o * inputs) + c) * 9) + i];
            }
            return sum;
        }
    }

    private static void AssertClose(double[] expected, float[] made, double tolerance)
    {
        Assert.Equal(expected.Length, made.Length);
        var largest = expected.Max(Math.Abs);
        Assert.All(expected.Zip(made), pair => Assert.Equal(pair.First, pair.Second, tolerance * largest));
    }
}
