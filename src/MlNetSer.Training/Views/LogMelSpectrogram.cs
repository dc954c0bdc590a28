namespace MlNetSer.Training;

/// <summary>A log-mel spectrogram to look at: log10 of mel power.</summary>
/// <param name="Frames">How many frames it has.</param>
/// <param name="Bands">How many mel bands.</param>
/// <param name="Values">[frames, bands], the first frame's bands first, from low to high.</param>
public sealed record LogMelSpectrogram(int Frames, int Bands, IReadOnlyList<float> Values)
{
    /// <summary>The value of a band in a frame.</summary>
    public float this[int frame, int band] => Values[(frame * Bands) + band];
}
