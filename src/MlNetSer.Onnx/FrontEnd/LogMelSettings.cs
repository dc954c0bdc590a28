using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetSer.Onnx;

/// <summary>
/// How a waveform becomes a log-mel spectrogram and patches of it. The defaults are the published method's. This record is the only
/// place where these numbers are written down. Immutable.
/// </summary>
public sealed record LogMelSettings
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Samples per second of the waveform, mono.</summary>
    public int SampleRate { get; init; } = 22050;

    /// <summary>Points of the Fourier transform; a multiple of 4, at least <see cref="WindowSize"/>.</summary>
    public int FftSize { get; init; } = 2048;

    /// <summary>Samples under the periodic Hamming window, which is centred in the transform; even, 4 or more.</summary>
    public int WindowSize { get; init; } = 660;

    /// <summary>Samples from one frame to the next. Frame t is centred on sample t · hop, and the waveform is mirrored at its ends.</summary>
    public int HopSize { get; init; } = 220;

    /// <summary>Triangular bands on Slaney's mel scale, each with a peak of 1 (no area normalisation).</summary>
    public int MelBands { get; init; } = 96;

    /// <summary>Where the lowest band begins, in Hz.</summary>
    public double MinFrequency { get; init; } = 50;

    /// <summary>Where the highest band ends, in Hz; at most half the sample rate.</summary>
    public double MaxFrequency { get; init; } = 10500;

    /// <summary>What is added to a band's power before the logarithm (base 10).</summary>
    public double LogOffset { get; init; } = 1.1e-8;

    /// <summary>What is added to a clip's largest absolute sample before dividing by it.</summary>
    public double PeakOffset { get; init; } = 0.005;

    /// <summary>Clips shorter than this are repeated until they fill it, in seconds.</summary>
    public double MinimumSeconds { get; init; } = 1;

    /// <summary>Frames in a patch, the encoder's input.</summary>
    public int PatchFrames { get; init; } = 101;

    /// <summary>Frames from one patch to the next.</summary>
    public int PatchHop { get; init; } = 50;

    /// <summary><see cref="MinimumSeconds"/> in samples.</summary>
    [JsonIgnore]
    public int MinimumSamples => (int)Math.Round(MinimumSeconds * SampleRate);

    /// <summary>Frames of a clip's log-mel spectrogram.</summary>
    /// <param name="samples">Samples of the clip at <see cref="SampleRate"/>, 0 or more.</param>
    public long FrameCount(long samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        return 1 + (Math.Max(samples, MinimumSamples) / HopSize);
    }

    /// <summary>Patches of a clip: one every <see cref="PatchHop"/> frames, and the last one aligned to the clip's last frame.</summary>
    /// <param name="samples">Samples of the clip at <see cref="SampleRate"/>, 0 or more.</param>
    public long PatchCount(long samples) => 1 + ((FrameCount(samples) - PatchFrames + PatchHop - 1) / PatchHop);

    /// <summary>The frequency in Hz that a band is centred on.</summary>
    /// <param name="band">The band, from 0, the lowest.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such band.</exception>
    public double CentreFrequency(int band)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)band, (uint)MelBands, nameof(band));
        return MelFilterBank.CentreFrequency(this, band);
    }

    /// <summary>The settings as one line of JSON; the same settings give the same text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Reads what <see cref="ToJson"/> wrote. What is left out has its default.</summary>
    /// <exception cref="FormatException">The text is no JSON object of such settings, or names one that this version does not know.</exception>
    /// <exception cref="ArgumentException">The settings contradict each other; see <see cref="Validate"/>.</exception>
    public static LogMelSettings FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        LogMelSettings? settings;
        try
        {
            settings = JsonSerializer.Deserialize<LogMelSettings>(json, s_json);
        }
        catch (JsonException e)
        {
            throw new FormatException($"log-mel settings cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
        if (settings is null) throw new FormatException("log-mel settings cannot be read: 'null'");
        settings.Validate();
        return settings;
    }

    /// <summary>Checks that a front end can be built with these settings.</summary>
    /// <exception cref="ArgumentException">It cannot; the message names the setting, its value and what was expected.</exception>
    public void Validate()
    {
        Require(SampleRate is > 0 and <= 1_000_000, nameof(SampleRate), SampleRate, "1 to 1,000,000");
        Require(FftSize is > 0 and <= 1 << 20 && FftSize % 4 == 0, nameof(FftSize), FftSize, "a multiple of 4 up to 1,048,576");
        Require(WindowSize >= 4 && WindowSize % 2 == 0 && WindowSize <= FftSize, nameof(WindowSize), WindowSize, $"an even number from 4 to FftSize = {FftSize}");
        Require(HopSize is > 0 and <= 1 << 20, nameof(HopSize), HopSize, "1 to 1,048,576");
        Require(MaxFrequency > 0 && MaxFrequency <= SampleRate / 2.0, nameof(MaxFrequency), MaxFrequency, $"up to half of SampleRate = {SampleRate}");
        Require(MinFrequency >= 0 && MinFrequency < MaxFrequency, nameof(MinFrequency), MinFrequency, $"0 to below MaxFrequency = {MaxFrequency}");
        Require(LogOffset > 0 && (float)LogOffset > 0 && double.IsFinite(LogOffset), nameof(LogOffset), LogOffset, "a positive number within float32's range");
        Require(PeakOffset > 0 && (float)PeakOffset > 0 && double.IsFinite(PeakOffset), nameof(PeakOffset), PeakOffset, "a positive number within float32's range");
        Require(PatchFrames > 0, nameof(PatchFrames), PatchFrames, "1 or more");
        Require(PatchHop > 0 && PatchHop <= PatchFrames, nameof(PatchHop), PatchHop, $"1 to PatchFrames = {PatchFrames}, so that no frame is left out");
        Require(MinimumSeconds > 0 && MinimumSeconds <= 60, nameof(MinimumSeconds), MinimumSeconds, "above 0, up to 60");
        Require(FrameCount(0) >= PatchFrames, nameof(MinimumSeconds), MinimumSeconds, $"enough for a patch of {PatchFrames} frames");
        Require(MinimumSamples > LogMelFrontEnd.LargestPad(this), nameof(MinimumSeconds), MinimumSeconds, $"more than the {LogMelFrontEnd.LargestPad(this)} samples mirrored at the ends");
        Require(MelBands > 0 && MelFilterBank.EveryBandHasABin(this), nameof(MelBands), MelBands, $"so few that each band covers a bin of {SampleRate / (double)FftSize:0.##} Hz");
    }

    private static void Require<T>(bool condition, string name, T value, string expected)
    {
        if (!condition) throw new ArgumentException(FormattableString.Invariant($"{name} = {value}: expected {expected}"), name);
    }
}
