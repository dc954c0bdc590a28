using System.Globalization;

namespace MlNetSer;

/// <summary>
/// How the sounds of a pipeline are read. A custom mapping has no state that survives a reload, so it travels as the text of a column.
/// </summary>
/// <param name="SampleRate">Samples a second that the model expects.</param>
/// <param name="OnError">What becomes of a row whose sound cannot be read.</param>
internal sealed record SoundReading(int SampleRate, SoundErrors OnError)
{
    private const string RateKey = "rate=";
    private const string MissingMark = ",missing";

    public static SoundReading Parse(string text)
    {
        var missing = text.EndsWith(MissingMark, StringComparison.Ordinal);
        var number = missing ? text[..^MissingMark.Length] : text;
        return number.StartsWith(RateKey, StringComparison.Ordinal)
            && int.TryParse(number.AsSpan(RateKey.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var rate)
            ? new(rate, missing ? SoundErrors.Missing : SoundErrors.Throw)
            : throw new InvalidDataException($"The pipeline reads sounds by '{text}', expected '{RateKey}22050': it needs a newer MlNetSer.");
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{RateKey}{SampleRate}{(OnError is SoundErrors.Missing ? MissingMark : "")}");
}
