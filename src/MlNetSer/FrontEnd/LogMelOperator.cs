using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>The log-mel front end as an operator: waveform and statistics of the clip (<see cref="LogMelFrontEnd.Statistics"/>) in, [T, bands] out.</summary>
internal sealed unsafe class LogMelOperator(LogMelSettings settings) : KernelOperator(FrontEndNodes.Operator, 2)
{
    private readonly LogMelKernel _kernel = new(settings);

    protected override void Run(nint context)
    {
        var waveform = RuntimeFunctions.Input(context, 0, out var shape);
        var statistics = RuntimeFunctions.Input(context, 1, out _);
        var samples = checked((int)shape.Aggregate(1L, (a, b) => a * b));
        var logMel = RuntimeFunctions.Output(context, _kernel.Frames(samples), _kernel.Bands);
        _kernel.Run(waveform, samples, statistics[0], statistics[1], logMel);
    }

    protected override void FreeKernel() => _kernel.Dispose();
}
