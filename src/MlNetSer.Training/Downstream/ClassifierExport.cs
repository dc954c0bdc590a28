using System.Globalization;
using MlNetSer.Onnx;

namespace MlNetSer.Training;

/// <summary>What a trained classifier's file says about itself.</summary>
internal static class ClassifierExport
{
    public static SoundModelInfo Describe(SoundModelInfo encoder, DownstreamSettings settings, IReadOnlyList<string> labels, int clips, int epoch)
    {
        var extra = new Dictionary<string, string>(encoder.Extra)
        {
            ["downstream.settings"] = settings.ToJson(),
            ["downstream.clips"] = clips.ToString(CultureInfo.InvariantCulture),
            ["downstream.epoch"] = epoch.ToString(CultureInfo.InvariantCulture),
        };
        return encoder with { Labels = labels, Extra = extra };
    }
}
