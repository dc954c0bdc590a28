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
        if (info.Labels.Count > 0)
        {
            Require("output", SoundClassifierGraph.Probabilities, model.Outputs);
            Require("output", SoundClassifierGraph.PatchProbabilities, model.Outputs);
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
            return new(_model);
        }
        catch (Exception e) when (e is OnnxRuntimeException or ArgumentException)
        {
            throw new SoundModelException($"{_source}: ONNX Runtime refuses it: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

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
}
