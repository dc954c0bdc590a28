#!/usr/bin/env dotnet
#:project ../src/MlNetSer.TorchOnnx/MlNetSer.TorchOnnx.csproj

// A convolutional network learns to tell crosses, rings and bars in 16 x 16 images, and goes on as an ONNX file.
// dotnet run notebooks/image-classifier.cs

using Microsoft.ML.OnnxRuntime;
using MlNetSer.TorchOnnx;
using TorchSharp;
using static TorchSharp.torch;

TorchRuntime.EnsureLoaded();
manual_seed(1);
var random = new Random(1);

using var net = nn.Sequential(
    ("conv1", nn.Conv2d(1, 8, 3, padding: 1, bias: false)), ("norm1", nn.BatchNorm2d(8)), ("relu1", nn.ReLU()), ("pool1", nn.MaxPool2d(2)),
    ("conv2", nn.Conv2d(8, 16, 3, padding: 1, bias: false)), ("norm2", nn.BatchNorm2d(16)), ("relu2", nn.ReLU()),
    ("pool2", nn.AdaptiveAvgPool2d(1)), ("flat", nn.Flatten()), ("drop", nn.Dropout(0.2)), ("classes", nn.Linear(16, 3)));
using var optimiser = optim.Adam(net.parameters(), 0.01);
for (var step = 1; step <= 60; step++)
{
    using var scope = NewDisposeScope();
    var (images, labels) = Batch(64);
    optimiser.zero_grad();
    var loss = nn.functional.cross_entropy(net.call(images), labels);
    loss.backward();
    optimiser.step();
    if (step % 20 == 0) Console.WriteLine($"step {step}: loss {loss.ToSingle():f3}");
}

// The norms become part of the convolutions, and the file is compared with the network before it is written.
var path = Path.Combine(Path.GetTempPath(), "image-classifier.onnx");
net.ExportOnnx(path, ["batch", 1, 16, 16], new() { InputName = "image", OutputNames = ["scores"] });

using var session = new InferenceSession(path);
var (testImages, testLabels) = Batch(300);
using var input = OrtValue.CreateTensorValueFromMemory(testImages.data<float>().ToArray(), [300, 1, 16, 16]);
using var results = session.Run(new RunOptions(), ["image"], [input], ["scores"]);
var scores = results[0].GetTensorDataAsSpan<float>().ToArray();
var right = Enumerable.Range(0, 300).Count(i => Enumerable.Range(0, 3).MaxBy(c => scores[i * 3 + c]) == testLabels[i].ToInt64());
Console.WriteLine($"{path}: {right / 3.0:f1} % of 300 new images right in ONNX Runtime");

(Tensor Images, Tensor Labels) Batch(int count)
{
    var pixels = new float[count * 256];
    var labels = new long[count];
    for (var i = 0; i < count; i++)
    {
        labels[i] = random.Next(3);
        var (x, y, size) = (random.Next(5, 11), random.Next(5, 11), random.Next(2, 5));
        for (var p = 0; p < 256; p++)
        {
            var (dx, dy) = (Math.Abs(p % 16 - x), Math.Abs(p / 16 - y));
            var on = labels[i] switch
            {
                0 => dx == dy && dx <= size,
                1 => Math.Abs(dx * dx + dy * dy - size * size) <= size,
                _ => dx <= size && dy <= 1,
            };
            pixels[i * 256 + p] = (on ? 1 : 0) + 0.3f * random.NextSingle();
        }
    }
    return (tensor(pixels, count, 1, 16, 16), tensor(labels));
}
