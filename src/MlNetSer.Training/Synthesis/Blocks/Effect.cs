using System.Numerics.Tensors;

namespace MlNetSer.Training.Synthesis;

/// <summary>What happens to a sound on its way: rooms, overload, ring modulation.</summary>
internal static class Effect
{
    /// <summary>
    /// A room: four delay lines that feed each other through an orthogonal matrix, each with a low pass for the air's damping.
    /// <paramref name="decay"/> is the reverberation time in seconds, <paramref name="size"/> scales the delays (1: about 30 to 50 ms).
    /// </summary>
    public static void Reverb(Span<float> samples, float decay, float size, float wet, int sampleRate)
    {
        ReadOnlySpan<float> seconds = [0.0297f, 0.0371f, 0.0411f, 0.0533f];
        var lines = new float[4][];
        Span<float> gains = stackalloc float[4], damped = stackalloc float[4], heads = stackalloc float[4];
        Span<int> positions = stackalloc int[4];
        for (var l = 0; l < 4; l++)
        {
            var delay = seconds[l] * size;
            lines[l] = new float[Math.Max(1, (int)(delay * sampleRate))];
            gains[l] = MathF.Pow(10, -3 * delay / decay);
        }
        damped.Clear();
        positions.Clear();
        for (var i = 0; i < samples.Length; i++)
        {
            float sum = 0, echo = 0;
            for (var l = 0; l < 4; l++)
            {
                damped[l] += 0.6f * (lines[l][positions[l]] - damped[l]);
                heads[l] = gains[l] * damped[l];
                sum += heads[l];
                echo += l % 2 == 0 ? heads[l] : -heads[l];
            }
            for (var l = 0; l < 4; l++)
            {
                lines[l][positions[l]] = samples[i] + heads[l] - 0.5f * sum;
                if (++positions[l] == lines[l].Length) positions[l] = 0;
            }
            samples[i] += wet * echo;
        }
    }

    /// <summary>Soft clipping: the signal, scaled to a peak of 1, times <paramref name="drive"/> through tanh.</summary>
    public static void Distort(Span<float> samples, float drive)
    {
        Level.SetPeak(samples, drive);
        TensorPrimitives.Tanh(samples, samples);
    }

    /// <summary>Multiplies with a sine, wholly (depth 1: ring modulation) or in part (amplitude modulation).</summary>
    public static void Tremolo(Span<float> samples, ReadOnlySpan<float> rate, float depth, int sampleRate)
    {
        var gains = Oscillator.Sine(Oscillator.Phase(rate, sampleRate));
        TensorPrimitives.Multiply(gains, depth, gains);
        TensorPrimitives.Add(gains, 1 - depth, gains);
        Level.Multiply(samples, gains);
    }
}
