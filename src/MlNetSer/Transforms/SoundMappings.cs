using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MlNetSer.Audio;

namespace MlNetSer;

// The columns between the pieces of the pipeline have fixed names, because ML.NET saves neither a mapping's types nor its schema.

internal sealed class SoundFileInput
{
    public const string PathColumn = "MlNetSer.SoundPath";
    public const string ReadingColumn = "MlNetSer.Reading";

    [ColumnName(PathColumn)]
    public string Path { get; set; } = "";

    [ColumnName(ReadingColumn)]
    public string Reading { get; set; } = "";
}

internal sealed class FixedWaveformInput
{
    public const string WaveformColumn = "MlNetSer.FixedWaveform";

    [ColumnName(WaveformColumn)]
    public VBuffer<float> Waveform { get; set; }
}

internal sealed class WaveformOutput
{
    public const string WaveformColumn = "MlNetSer.Waveform";

    [ColumnName(WaveformColumn)]
    public VBuffer<float> Waveform { get; set; }
}

/// <summary>Sound file to waveform.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class SoundFileMapping : CustomMappingFactory<SoundFileInput, WaveformOutput>
{
    public const string Contract = "MlNetSer.SoundFileToWaveform";

    public override Action<SoundFileInput, WaveformOutput> GetMapping() => static (input, output) =>
    {
        var reading = SoundReading.Parse(input.Reading);
        float[] waveform;
        try
        {
            if (string.IsNullOrEmpty(input.Path)) throw new InvalidDataException("A row has no sound file: its path is empty.");
            waveform = SoundFile.ReadMono(input.Path, reading.SampleRate);
        }
        catch (Exception e) when (reading.OnError is SoundErrors.Missing && e is IOException or UnauthorizedAccessException)
        {
            PipelineEvents.Log.UnreadableSound(input.Path, e.Message);
            waveform = [float.NaN];
        }
        output.Waveform = new VBuffer<float>(waveform.Length, waveform);
    };
}

/// <summary>
/// Waveform of fixed size to one of variable size: ML.NET's ONNX transform leaves the length of a fixed one at the model's
/// unknown 0.
/// </summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class FixedWaveformMapping : CustomMappingFactory<FixedWaveformInput, WaveformOutput>
{
    public const string Contract = "MlNetSer.FixedWaveformToWaveform";

    public override Action<FixedWaveformInput, WaveformOutput> GetMapping() =>
        static (input, output) => output.Waveform = input.Waveform;
}

internal sealed class LabelOutput
{
    public const string LabelColumn = "MlNetSer.Labels";

    [ColumnName(LabelColumn)]
    public VBuffer<ReadOnlyMemory<char>> Labels { get; set; }
}

internal sealed class LabelText
{
    public const string LabelColumn = "MlNetSer.Label";

    [ColumnName(LabelColumn)]
    public ReadOnlyMemory<char> Label { get; set; }
}

/// <summary>Vector of one text, as ML.NET's ONNX transform gives it, to text.</summary>
[CustomMappingFactoryAttribute(Contract)]
internal sealed class LabelMapping : CustomMappingFactory<LabelOutput, LabelText>
{
    public const string Contract = "MlNetSer.LabelToText";

    public override Action<LabelOutput, LabelText> GetMapping() => static (input, output) => output.Label = input.Labels.GetItemOrDefault(0);
}
