using System.Collections.Concurrent;
using System.Runtime.Intrinsics;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>Computes a stack of convolutions, a few images at a time, so that what lies between its layers stays in caches. Thread-safe.</summary>
internal sealed unsafe class StackKernel : IDisposable
{
    /// <summary>Tiles of the smallest layer that a group of images should have: filters are read once for all of them.</summary>
    private const int TilesOfGroup = 48;

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
    public static bool Fits(int inputs, int outputs) => WinogradConvolution.Fits(inputs == 1 ? WinogradTransforms.Lanes : inputs, outputs);

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
                Run(images + (at * imageValues), some, height, width, added is null ? null : added + (at * outputValues), output + (at * outputValues), memory);
            }
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

    private void Run(float* images, int count, int height, int width, float* added, float* output, Memory memory)
    {
        var (from, to) = (memory.Here, memory.There);
        var layers = _stack.Layers;
        for (var i = 0; i < layers.Count; i++)
        {
            var layer = layers[i];
            var grid = Grid(layer, height, width);
            var (nextHeight, nextWidth) = Size(layer, grid);
            var finish = new Finish(layer.Relu, layer.Pool);
            var made = to.Reserve((long)count * nextHeight * nextWidth * layer.Outputs);
            if (layer.Inputs == 1)
            {
                for (var n = 0; n < count; n++)
                    _first!.Run(images + ((nint)n * height * width), grid, made + ((nint)n * nextHeight * nextWidth * layer.Outputs), finish, memory.Padded);
            }
            else
            {
                if (i == 0) Enter(images, count, layer.Inputs, height * width, from);
                _convolutions[_first is null ? i : i - 1].Run<SinglePrecision, float>(from.First, count, grid, made, finish, memory.Scratch);
            }
            (height, width) = (nextHeight, nextWidth);
            (from, to) = (to, from);
        }
        Leave(from.First, count, height * width, layers[^1].Outputs, added, output);
    }

    private static void Enter(float* images, int count, int channels, int points, AlignedMemory to)
    {
        var values = (nint)channels * points;
        var first = to.Reserve(count * values);
        for (var n = 0; n < count; n++) ChannelOrder.ToPoints(images + (n * values), channels, points, first + (n * values));
    }

    private void Leave(float* images, int count, int points, int channels, float* added, float* output)
    {
        var values = (nint)channels * points;
        for (var n = 0; n < count; n++) ChannelOrder.ToChannels(images + (n * values), points, channels, output + (n * values));
        if (added is null) return;
        var all = count * values;
        var least = _stack.ReluOfSum ? default : Vector512.Create(float.NegativeInfinity);
        nint i = 0;
        for (; i + WinogradTransforms.Lanes <= all; i += WinogradTransforms.Lanes)
            Vector512.MaxNative(least, Vector512.Load(output + i) + Vector512.Load(added + i)).Store(output + i);
        for (; i < all; i++) output[i] = output[i] + added[i] is var sum && _stack.ReluOfSum && sum < 0 ? 0 : output[i] + added[i];
    }

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
