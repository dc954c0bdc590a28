using System.Globalization;

namespace MlNetSer;

/// <summary>
/// How the sounds of a pipeline are read. A custom mapping has no state that survives a reload, so it travels as the text of a column.
/// </summary>
/// <param name="SampleRate">Samples a second that the model expects.</param>
internal sealed record SoundReading(int SampleRate)
{
    private const string RateKey = "rate=";

    public static SoundReading Parse(string text) =>
        text.StartsWith(RateKey, StringComparison.Ordinal)
        && int.TryParse(text.AsSpan(RateKey.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var rate)
            ? new(rate)
            : throw new InvalidDataException($"The pipeline reads sounds by '{text}', expected '{RateKey}22050': it needs a newer MlNetSer.");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{RateKey}{SampleRate}");
}
