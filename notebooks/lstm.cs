#!/usr/bin/env dotnet
#:project ../src/MlNetSer.TorchOnnx/MlNetSer.TorchOnnx.csproj

// An LSTM learns to go on with a noisy sine wave, and goes on itself as an ONNX file with 8-bit weights.
// dotnet run notebooks/lstm.cs

using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

TorchRuntime.EnsureLoaded();
manual_seed(1);
var random = new Random(1);

using var net = new NextValue(hidden: 24);
using var optimiser = optim.Adam(net.parameters(), 0.01);
for (var step = 1; step <= 150; step++)
{
    using var scope = NewDisposeScope();
    var (waves, next) = Batch(32, length: 24);
    optimiser.zero_grad();
    var loss = nn.functional.mse_loss(net.call(waves), next);
    loss.backward();
    optimiser.step();
    if (step % 50 == 0) Console.WriteLine($"step {step}: loss {loss.ToSingle():f4}");
}

var path = Path.Combine(Path.GetTempPath(), "lstm.onnx");
var sizes = new Dictionary<string, IReadOnlyList<long>> { ["time"] = [24, 40] };
net.ExportOnnx(
    path, ["batch", "time", 1],
    new() { InputName = "wave", OutputNames = ["next"], Weights = WeightFormat.Int8, KeepFloat32 = ["answer"], CheckSizes = sizes });

using var session = new InferenceSession(path);
var (testWaves, expected) = Batch(200, length: 40);
using var input = OrtValue.CreateTensorValueFromMemory(testWaves.data<float>().ToArray(), [200, 40, 1]);
using var results = session.Run(new RunOptions(), ["wave"], [input], ["next"]);
var error = results[0].GetTensorDataAsSpan<float>().ToArray().Zip(expected.data<float>().ToArray()).Average(pair => Math.Abs(pair.First - pair.Second));
Console.WriteLine($"{path}: {new FileInfo(path).Length:n0} bytes, mean error {error:f3} of an amplitude of 1 in ONNX Runtime");

(Tensor Waves, Tensor Next) Batch(int count, int length)
{
    var values = new float[count * length];
    var next = new float[count];
    for (var i = 0; i < count; i++)
    {
        var (frequency, phase) = (0.2 + 0.4 * random.NextDouble(), 6.28 * random.NextDouble());
        for (var t = 0; t < length; t++) values[i * length + t] = (float)Math.Sin(frequency * t + phase) + 0.05f * (random.NextSingle() - 0.5f);
        next[i] = (float)Math.Sin(frequency * length + phase);
    }
    return (tensor(values, count, length, 1), tensor(next, count, 1));
}

/// <summary>An LSTM over the wave, and a linear layer on its last output.</summary>
internal sealed class NextValue : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly LSTM memory;
    private readonly Linear answer;

    internal NextValue(long hidden)
        : base(nameof(NextValue))
    {
        memory = nn.LSTM(1, hidden, batchFirst: true);
        answer = nn.Linear(hidden, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor wave) => answer.call(memory.call(wave).Item1.select(1, -1));

    public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var last = onnx.Graph.Gather(onnx.Call(memory, inputs[0])[0], onnx.Graph.Scalar(-1L), axis: 1);
        return [onnx.Apply(last, answer)];
    }
}
