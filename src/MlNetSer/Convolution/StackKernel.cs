using System.Collections.Concurrent;
using System.Runtime.Intrinsics;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>Computes a stack of convolutions, a few images at a time, so that what lies between its layers stays in caches. Thread-safe.</summary>
internal sealed unsafe class StackKernel : IDisposable
{
    /// <summary>Tiles of the smallest layer that a group of images should have: filters are read once for all of them.</summary>
    private const int TilesOfGroup = 48;

    // Values of the largest layer of a band of a tall image.
    private const int ValuesOfBand = 512 << 10;

    // Transformed, the filters of larger layers take hundreds of megabytes, and a clip's few patches do not make up for fetching them.
    private const int MostFilters = 256 * 256;

    private readonly ConvolutionStack _stack;
    private readonly FirstConvolution? _first;
    private readonly WinogradConvolution[] _convolutions;
    private readonly ConcurrentBag<Memory> _memory = [];

    /// <summary>Prepares the layers' filters.</summary>
    public StackKernel(ConvolutionStack stack)
    {
        _stack = stack;
        if (stack.Layers[0] is { Inputs: 1 } first) _first = new(first.Outputs, first.Filters, first.Bias);
        _convolutions = [.. stack.Layers.Skip(_first is null ? 0 : 1).Select(l => WinogradConvolution.Of(l.Inputs, l.Outputs, l.Filters, l.Bias))];
    }

    /// <summary>Whether it computes convolutions of so many channels here.</summary>
    public static bool Fits(int inputs, int outputs) =>
        (long)inputs * outputs <= MostFilters && WinogradConvolution.Fits(inputs == 1 ? WinogradTransforms.Lanes : inputs, outputs);

    /// <summary>Channels that go in.</summary>
    public int Inputs => _stack.Layers[0].Inputs;

    /// <summary>Whether there is a second input, which is added to the result.</summary>
    public bool Adds => _stack.Adds;

    /// <summary>The shape of what comes out of such images: channels, height, width; height or width 0 if there is nothing.</summary>
    public (int Channels, int Height, int Width) Output(int height, int width)
    {
        foreach (var layer in _stack.Layers)
        {
            var grid = Grid(layer, height, width);
            (height, width) = Size(layer, grid);
            if (height < 1 || width < 1) return (_stack.Layers[^1].Outputs, 0, 0);
        }
        return (_stack.Layers[^1].Outputs, height, width);
    }

    /// <summary>Computes it.</summary>
    /// <param name="images">[<paramref name="count"/>, inputs, height, width].</param>
    /// <param name="count">How many.</param>
    /// <param name="height">Their rows.</param>
    /// <param name="width">Their points in a row.</param>
    /// <param name="added">What is added to the result, or null.</param>
    /// <param name="output">Receives the result, images channel by channel as those that go in.</param>
    public void Run(float* images, int count, int height, int width, float* added, float* output)
    {
        if (!_memory.TryTake(out var memory)) memory = new();
        try
        {
            var group = Group(height, width);
            var (channels, outputHeight, outputWidth) = Output(height, width);
            var (imageValues, outputValues) = ((nint)Inputs * height * width, (nint)channels * outputHeight * outputWidth);
            for (var at = 0; at < count; at += group)
            {
                var some = Math.Min(group, count - at);
                foreach (var (from, to) in Bands(height, width))
                {
                    Run(images + (at * imageValues), some, Plan(height, width, from, to), (nint)height * width,
                        output + (at * outputValues) + ((nint)from * outputWidth), (nint)outputHeight * outputWidth, memory);
                }
            }
            if (added is not null) Add(added, output, count * outputValues);
        }
        finally
        {
            _memory.Add(memory);
        }
    }

    /// <summary>Frees filters and memory, which no run may use any more.</summary>
    public void Dispose()
    {
        _first?.Dispose();
        foreach (var convolution in _convolutions) convolution.Dispose();
        while (_memory.TryTake(out var memory)) memory.Dispose();
    }

    private static TileGrid Grid(ConvolutionLayer layer, int height, int width) =>
        new(height, width, layer.Pads.Top, layer.Pads.Left, layer.Pads.Bottom, layer.Pads.Right);

    private static (int Height, int Width) Size(ConvolutionLayer layer, TileGrid grid) =>
        layer.Pool ? (grid.OutputHeight / 2, grid.OutputWidth / 2) : (grid.OutputHeight, grid.OutputWidth);

    private int Group(int height, int width)
    {
        var least = int.MaxValue;
        foreach (var layer in _stack.Layers)
        {
            var grid = Grid(layer, height, width);
            least = Math.Min(least, grid.Tiles);
            (height, width) = Size(layer, grid);
        }
        return (TilesOfGroup + least - 1) / least;
    }

    /// <summary>
    /// Rows of the result that are computed one after the other, so that what lies between the layers of tall images stays in caches too; each needs some rows of the layers before that its neighbours need as well.
    /// </summary>
    private IEnumerable<(int From, int To)> Bands(int height, int width)
    {
        var rows = Output(height, width).Height;
        var largest = 1L;
        foreach (var layer in _stack.Layers)
        {
            (height, width) = Size(layer, Grid(layer, height, width));
            largest = Math.Max(largest, (long)height * width * layer.Outputs);
        }
        var bands = (int)Math.Min((largest + ValuesOfBand - 1) / ValuesOfBand, rows);
        // Whole tiles but for the last ones.
        var each = (((rows + bands - 1) / bands) + WinogradTransforms.Made - 1) / WinogradTransforms.Made * WinogradTransforms.Made;
        for (var from = 0; from < rows; from += each) yield return (from, Math.Min(from + each, rows));
    }

    /// <summary>The rows that each layer reads to make some rows of the result, and zeros only where an image ends.</summary>
    private Step[] Plan(int height, int width, int from, int to)
    {
        var sizes = new (int Height, int Width)[_stack.Layers.Count];
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = (height, width);
            (height, width) = Size(_stack.Layers[i], Grid(_stack.Layers[i], height, width));
        }
        var steps = new Step[sizes.Length];
        for (var i = sizes.Length - 1; i >= 0; i--)
        {
            var (layer, size) = (_stack.Layers[i], sizes[i]);
            if (layer.Pool) (from, to) = (2 * from, 2 * to);
            (from, to) = (from - layer.Pads.Top, to - layer.Pads.Top + 2);
            var (top, bottom) = (Math.Max(-from, 0), Math.Max(to - size.Height, 0));
            (from, to) = (from + top, to - bottom);
            steps[i] = new(layer, from, new(to - from, size.Width, top, layer.Pads.Left, bottom, layer.Pads.Right));
        }
        return steps;
    }

    private void Run(float* images, int count, Step[] steps, nint plane, float* output, nint outputPlane, Memory memory)
    {
        var (from, to) = (memory.Here, memory.There);
        var (height, width) = (0, 0);
        for (var i = 0; i < steps.Length; i++)
        {
            var (layer, first, grid) = steps[i];
            (height, width) = Size(layer, grid);
            var finish = new Finish(layer.Relu, layer.Pool);
            var made = to.Reserve((long)count * height * width * layer.Outputs);
            var begin = images + ((nint)first * grid.Width);
            if (layer.Inputs == 1)
            {
                for (var n = 0; n < count; n++) _first!.Run(begin + (n * plane), grid, made + ((nint)n * height * width * layer.Outputs), finish, memory.Padded);
            }
            else
            {
                if (i == 0) Enter(begin, count, layer.Inputs, plane, grid.Height * grid.Width, from);
                _convolutions[_first is null ? i : i - 1].Run<SinglePrecision, float>(from.First, count, grid, made, finish, memory.Scratch);
            }
            (from, to) = (to, from);
        }
        var (outputs, points) = (steps[^1].Layer.Outputs, height * width);
        for (var n = 0; n < count; n++) ChannelOrder.ToChannels(from.First + ((nint)n * points * outputs), points, outputs, output + (n * outputs * outputPlane), outputPlane);
    }

    private static void Enter(float* images, int count, int channels, nint plane, int points, AlignedMemory to)
    {
        var values = (nint)channels * points;
        var first = to.Reserve(count * values);
        for (var n = 0; n < count; n++) ChannelOrder.ToPoints(images + (n * channels * plane), plane, channels, points, first + (n * values));
    }

    private void Add(float* added, float* output, nint values)
    {
        var least = _stack.ReluOfSum ? default : Vector512.Create(float.NegativeInfinity);
        nint i = 0;
        for (; i + WinogradTransforms.Lanes <= values; i += WinogradTransforms.Lanes)
            Vector512.MaxNative(least, Vector512.Load(output + i) + Vector512.Load(added + i)).Store(output + i);
        for (; i < values; i++) output[i] = output[i] + added[i] is var sum && _stack.ReluOfSum && sum < 0 ? 0 : output[i] + added[i];
    }

    /// <summary>A layer's part in a band.</summary>
    /// <param name="Layer">The layer.</param>
    /// <param name="First">The first row that it reads.</param>
    /// <param name="Grid">What it reads, and what of the zeros around it.</param>
    private readonly record struct Step(ConvolutionLayer Layer, int First, TileGrid Grid);

    /// <summary>What a thread needs.</summary>
    private sealed class Memory : IDisposable
    {
        public AlignedMemory Here { get; } = new();

        public AlignedMemory There { get; } = new();

        public AlignedMemory Padded { get; } = new();

        public WinogradScratch Scratch { get; } = new();

        public void Dispose()
        {
            Here.Dispose();
            There.Dispose();
            Padded.Dispose();
            Scratch.Dispose();
        }
    }
}
