#!/usr/bin/env dotnet
#:project ../src/MlNetSer.Training/MlNetSer.Training.csproj

// %% [markdown]
// # Ship the ONNX file
//
// The encoder is one file: waveform in, embedding out, with the log-mel front end and the normalisation inside and with what it is written into it. It runs wherever
// ONNX Runtime does, without any of this library.

// %% [packages] Microsoft.ML.OnnxRuntime libtorch-cpu-linux-x64

// %%
using MlNetSer;
using MlNetSer.Audio;
using MlNetSer.Onnx;
using MlNetSer.TorchOnnx;
using MlNetSer.Training;
using MlNetSer.Training.Synthesis;

File.Copy(SoundModels.Default, "encoder.onnx", overwrite: true);       // your own: the file that `EncoderExport` or `mlnetser export` wrote
var model = OnnxModel.Load("encoder.onnx");
foreach (var value in model.Inputs) Console.WriteLine($"in   {value}");
foreach (var value in model.Outputs) Console.WriteLine($"out  {value}");

// %% [markdown]
// What the file says about itself. The waveform must have its sample rate, and be mono, in [-1, 1], of any length.

// %%
var info = SoundModelInfo.Read("encoder.onnx");
Console.WriteLine($"{info.Name} {info.Version}: {info.Encoder}, {info.EmbeddingSize} values, {info.LogMel.SampleRate} Hz, {info.Licence}");
Console.WriteLine($"trained on {info.TrainingData}");
Console.WriteLine($"normalised by mean {info.Normalisation.Mean:F2} and deviation {info.Normalisation.Std:F2}");

// %% [markdown]
// A sound, and its embedding as this library has it, for comparison with what comes next.

// %%
var waveform = new SoundSynthesiser(seed: 1, info.LogMel.SampleRate).Create(SoundEventClass.All[1], number: 0);
WavFile.Write("sound.wav", waveform, info.LogMel.SampleRate);
var embedder = new SoundEmbedder("encoder.onnx");
var embedding = embedder.EmbedFile("sound.wav");
Console.WriteLine(string.Join(" ", embedding.Take(4).Select(value => value.ToString("F3"))));

// %% [markdown]
// In Python, with `pip install onnxruntime soundfile`:
//
// ```python
// import json, onnxruntime, soundfile
//
// session = onnxruntime.InferenceSession("encoder.onnx")
// rate = json.loads(session.get_modelmeta().custom_metadata_map["mlnetser.log_mel"])["sampleRate"]
// waveform, rate_of_file = soundfile.read("sound.wav", dtype="float32")
// assert rate_of_file == rate
// embedding, = session.run(["embedding"], {"waveform": waveform[None]})
// print(*(f"{value:.3f}" for value in embedding[0, :4]))
// ```
//
// In Node.js, with `npm install onnxruntime-node`; a 16-bit WAV file has its samples behind 44 bytes:
//
// ```javascript
// const fs = require("fs");
// const ort = require("onnxruntime-node");
//
// ort.InferenceSession.create("encoder.onnx").then(async session => {
//   const bytes = fs.readFileSync("sound.wav");
//   const waveform = Float32Array.from({ length: (bytes.length - 44) / 2 }, (_, i) => bytes.readInt16LE(44 + 2 * i) / 32768);
//   const { embedding } = await session.run({ waveform: new ort.Tensor("float32", waveform, [1, waveform.length]) });
//   console.log(Array.from(embedding.data.slice(0, 4), value => value.toFixed(3)).join(" "));
// });
// ```

// %% [markdown]
// ## A quarter of the size
// A run can be exported with 16-bit or 8-bit weights, as `mlnetser export RUN --weights int8` does. Any run will do; this is the shortest there is.

// %%
if (Directory.Exists("run")) Directory.Delete("run", recursive: true);
var source = new SynthesisedPatchSource(new SynthesisSettings(), seed: 1, clips: 16);
new Pretrainer(source, "run").Run(new PretrainSettings { Encoder = "resnet18", Epochs = 1, BatchSize = 8 });

float[] Embed(WeightFormat weights)
{
    var path = $"{weights}.onnx";
    EncoderExport.Export("run", path, weights: weights);
    var compact = new SoundEmbedder(path);
    var vector = compact.Embed(waveform);
    compact.Dispose();
    return vector;
}

var exact = Embed(WeightFormat.Float32);
foreach (var weights in new[] { WeightFormat.Float32, WeightFormat.Float16, WeightFormat.Int8 })
{
    var vector = Embed(weights);
    var error = Math.Sqrt(vector.Zip(exact, (a, b) => (a - b) * (a - b)).Sum() / exact.Sum(value => value * value));
    Console.WriteLine($"{weights,-8} {new FileInfo($"{weights}.onnx").Length / 1e6:F1} MB, {(error < 0.05 ? "within 5 %" : "worse than 5 %")} of the embedding");
}
source.Dispose();
embedder.Dispose();
