using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>A model that was found to be a sound model of this library.</summary>
internal sealed class SoundModelFile
{
    private readonly OnnxModel _model;
    private readonly string _source;

    private SoundModelFile(OnnxModel model, SoundModelInfo info, string source)
    {
        _source = source;
        Info = info;
        // Metadata can be copied onto any graph.
        Require("input", LogMelFrontEnd.Waveform, model.Inputs);
        Require("output", SoundEncoderGraph.Embedding, model.Outputs);
        Require("output", SoundEncoderGraph.PatchEmbeddings, model.Outputs);
        RequireSize(SoundEncoderGraph.Embedding, info.EmbeddingSize, model);
        RequireSize(SoundEncoderGraph.PatchEmbeddings, info.EmbeddingSize, model);
        if (info.Labels.Count > 0)
        {
            Require("output", SoundClassifierGraph.Probabilities, model.Outputs);
            Require("output", SoundClassifierGraph.PatchProbabilities, model.Outputs);
            RequireSize(SoundClassifierGraph.Probabilities, info.Labels.Count, model);
            RequireSize(SoundClassifierGraph.PatchProbabilities, info.Labels.Count, model);
        }
        _model = model;
    }

    public SoundModelInfo Info { get; }

    public static SoundModelFile Load(string path)
    {
        var model = OnnxModel.Load(path);
        return new(model, SoundModelInfo.Read(model, path), $"'{path}'");
    }

    public static SoundModelFile Load(byte[] bytes)
    {
        var model = OnnxModel.Load(bytes);
        return new(model, SoundModelInfo.Read(model), $"model '{model.Name}'");
    }

    /// <summary>Checks that the model is a classifier.</summary>
    /// <exception cref="SoundModelException">It only embeds.</exception>
    public SoundModelFile RequireLabels() => Info.Labels.Count > 0
        ? this
        : throw new SoundModelException($"{_source}: a sound encoder, but no classifier: it has no labels. Make one of it by fine-tuning or linear evaluation");

    /// <summary>A session of the whole model.</summary>
    public SoundSession Open()
    {
        try
        {
            return new(_model, Info.LogMel);
        }
        catch (Exception e) when (e is OnnxRuntimeException or ArgumentException)
        {
            throw Refused(e);
        }
    }

    /// <summary>What to say when ONNX Runtime cannot open the model.</summary>
    public SoundModelException Refused(Exception reason) => new($"{_source}: ONNX Runtime refuses it: {reason.Message.ReplaceLineEndings(" ")}", reason);

    /// <summary>The model with its waveform and its embedding renamed to columns.</summary>
    public OnnxModel Between(string inputColumnName, string outputColumnName, SoundErrors onError)
    {
        var model = onError is SoundErrors.Missing ? SoundEncoderGraph.WithMissing(_model) : _model.Clone();
        // Out of the way of a column that happens to have this name.
        model.Rename(SoundEncoderGraph.PatchEmbeddings, "MlNetSer.PatchEmbeddings");
        model.Rename(LogMelFrontEnd.Waveform, inputColumnName);
        model.Rename(SoundEncoderGraph.Embedding, outputColumnName);
        return model;
    }

    /// <summary>The classifier with its waveform renamed to a column, and columns for what it gives.</summary>
    public OnnxModel WithLabels(string inputColumnName, string scoreColumnName, string labelColumnName, string embeddingColumnName) =>
        SoundClassifierGraph.WithLabels(_model, inputColumnName, scoreColumnName, labelColumnName, embeddingColumnName);

    private void Require(string kind, string name, IReadOnlyList<OnnxValueInfo> values)
    {
        if (values.All(v => v.Name != name)) throw new SoundModelException($"{_source}: says that it is a sound {(Info.Labels.Count > 0 ? "classifier" : "encoder")}, but has no {kind} '{name}'");
    }

    private void RequireSize(string name, int expected, OnnxModel model)
    {
        if (model.Outputs.First(o => o.Name == name).Dimensions is [.., { Size: { } size }] && size != expected)
            throw new SoundModelException($"{_source}: its metadata are not its own: they say that '{name}' has {expected} values, and it has {size}");
    }
}
