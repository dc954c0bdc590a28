using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>A stack of convolutions as an operator: images [N, channels, height, width] and, for some, what is added to the result.</summary>
internal sealed unsafe class StackOperator(ConvolutionStack stack) : KernelOperator(stack.Operator, stack.Adds ? 2u : 1u)
{
    private readonly StackKernel _kernel = new(stack);

    protected override void Run(nint context)
    {
        var images = RuntimeFunctions.Input(context, 0, out var shape);
        if (shape.Length != 4 || shape[1] != _kernel.Inputs)
            throw new InvalidOperationException($"images of shape [{string.Join(", ", shape)}], expected [N, {_kernel.Inputs}, height, width]");
        var (count, height, width) = (checked((int)shape[0]), checked((int)shape[2]), checked((int)shape[3]));
        var (channels, outputHeight, outputWidth) = _kernel.Output(height, width);
        if (outputHeight == 0) throw new InvalidOperationException($"images of {height} x {width} points are too small");
        float* added = null;
        if (_kernel.Adds)
        {
            added = RuntimeFunctions.Input(context, 1, out var addedShape);
            if (!addedShape.SequenceEqual([count, channels, outputHeight, outputWidth]))
                throw new InvalidOperationException($"a sum of shapes [{count}, {channels}, {outputHeight}, {outputWidth}] and [{string.Join(", ", addedShape)}]");
        }
        _kernel.Run(images, count, height, width, added, RuntimeFunctions.Output(context, count, channels, outputHeight, outputWidth));
    }

    protected override void FreeKernel() => _kernel.Dispose();
}
