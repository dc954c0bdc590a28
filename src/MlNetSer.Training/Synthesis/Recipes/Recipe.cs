namespace MlNetSer.Training.Synthesis;

/// <summary>
/// Fills a silent clip with the events of one class, at any level. All parameters come from the stream, so that a clip is a
/// function of its seed.
/// </summary>
internal delegate void Recipe(Span<float> clip, int sampleRate, SoundRandom random);
