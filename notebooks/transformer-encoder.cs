#!/usr/bin/env dotnet
#:project ../src/MlNetSer.TorchOnnx/MlNetSer.TorchOnnx.csproj

// A transformer encoder learns whether the first token of a sequence comes again, for sequences of any length, and goes on as an ONNX file.
// Its own forward does more than call layers in order, so it describes itself.
// dotnet run notebooks/transformer-encoder.cs

using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

TorchRuntime.EnsureLoaded();
manual_seed(1);
var random = new Random(1);

using var net = new RepeatFinder(vocabulary: 12, size: 16);
using var optimiser = optim.Adam(net.parameters(), 0.005);
for (var step = 1; step <= 250; step++)
{
    using var scope = NewDisposeScope();
    var (tokens, labels) = Batch(64, length: 6);
    optimiser.zero_grad();
    var loss = nn.functional.binary_cross_entropy_with_logits(net.call(tokens), labels);
    loss.backward();
    optimiser.step();
    if (step % 50 == 0) Console.WriteLine($"step {step}: loss {loss.ToSingle():f3}");
}

var path = Path.Combine(Path.GetTempPath(), "transformer-encoder.onnx");
net.ExportOnnx(
    path, [new("tokens", ["batch", "length"]) { ElementType = OnnxElementType.Int64, ExclusiveMaximum = 12 }],
    new()
    {
        OutputNames = ["repeated"],
        Opset = 20,
        CheckSizes = new Dictionary<string, IReadOnlyList<long>> { ["batch"] = [1, 4], ["length"] = [6, 9] },
    });

using var session = new InferenceSession(path);
var (testTokens, testLabels) = Batch(500, length: 7);
using var input = OrtValue.CreateTensorValueFromMemory(testTokens.data<long>().ToArray(), [500, 7]);
using var results = session.Run(new RunOptions(), ["tokens"], [input], ["repeated"]);
var right = results[0].GetTensorDataAsSpan<float>().ToArray().Zip(testLabels.data<float>().ToArray()).Count(pair => pair.First > 0 == pair.Second > 0.5f);
Console.WriteLine($"{path}: {right / 5.0:f1} % of 500 longer sequences right in ONNX Runtime");

(Tensor Tokens, Tensor Labels) Batch(int count, int length)
{
    var tokens = new long[count * length];
    var labels = new float[count];
    for (var i = 0; i < count; i++)
    {
        var sequence = tokens.AsSpan(i * length, length);
        foreach (ref var token in sequence) token = random.Next(12);
        // As many with a repetition as without.
        for (var j = 1; j < length; j++) if (sequence[j] == sequence[0]) sequence[j] = (sequence[0] + 1) % 12;
        if (random.Next(2) == 0) continue;
        sequence[random.Next(1, length)] = sequence[0];
        labels[i] = 1;
    }
    return (tensor(tokens, count, length), tensor(labels));
}

/// <summary>Embedding, two encoder layers, and a linear layer on what they make of the first token.</summary>
internal sealed class RepeatFinder : nn.Module<Tensor, Tensor>, IOnnxExportable
{
    private readonly Embedding embedding;
    private readonly TransformerEncoder encoder;
    private readonly Parameter first;
    private readonly Linear answer;

    internal RepeatFinder(long vocabulary, long size)
        : base(nameof(RepeatFinder))
    {
        embedding = nn.Embedding(vocabulary, size);
        encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(size, nhead: 4, dim_feedforward: 32, dropout: 0), num_layers: 2);
        first = new Parameter(randn(1, 1, size));
        answer = nn.Linear(size, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor tokens)
    {
        var x = embedding.call(tokens).transpose(0, 1);                       // [length, batch, size]
        x = encoder.call(cat([x[..1] + first, x[1..]], 0));
        return answer.call(x[0]).squeeze(1);
    }

    public IReadOnlyList<OnnxValue> ToOnnx(OnnxExporter onnx, IReadOnlyList<OnnxValue> inputs)
    {
        var graph = onnx.Graph;
        var x = graph.Transpose(onnx.Apply(inputs[0], embedding), 1, 0, 2);
        x = graph.Concat(0, graph.Slice(x, 0, 0, 1) + onnx.Weight("first", first), graph.Slice(x, 0, 1));
        x = graph.Gather(onnx.Call(encoder, x)[0], graph.Scalar(0L));
        return [graph.Squeeze(onnx.Apply(x, answer), 1)];
    }
}
