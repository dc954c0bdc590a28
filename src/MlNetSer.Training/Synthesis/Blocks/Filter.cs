namespace MlNetSer.Training.Synthesis;

/// <summary>Second-order filters, in place. Frequencies in Hz are kept within what the sample rate allows.</summary>
internal static class Filter
{
    public static void LowPass(Span<float> samples, float frequency, int sampleRate, float q = 0.7071f)
    {
        var (cos, alpha) = Design(frequency, q, sampleRate);
        Run(samples, (1 - cos) / 2, 1 - cos, (1 - cos) / 2, 1 + alpha, -2 * cos, 1 - alpha);
    }

    public static void HighPass(Span<float> samples, float frequency, int sampleRate, float q = 0.7071f)
    {
        var (cos, alpha) = Design(frequency, q, sampleRate);
        Run(samples, (1 + cos) / 2, -(1 + cos), (1 + cos) / 2, 1 + alpha, -2 * cos, 1 - alpha);
    }

    /// <summary>Gain 1 at the centre frequency.</summary>
    public static void BandPass(Span<float> samples, float frequency, int sampleRate, float q)
    {
        var (cos, alpha) = Design(frequency, q, sampleRate);
        Run(samples, alpha, 0, -alpha, 1 + alpha, -2 * cos, 1 - alpha);
    }

    /// <summary>Raises or lowers the surroundings of a frequency.</summary>
    public static void Peak(Span<float> samples, float frequency, int sampleRate, float q, float decibels)
    {
        var (cos, alpha) = Design(frequency, q, sampleRate);
        var gain = Math.Pow(10, decibels / 40);
        Run(samples, 1 + alpha * gain, -2 * cos, 1 - alpha * gain, 1 + alpha / gain, -2 * cos, 1 - alpha / gain);
    }

    /// <summary>Tilts the spectrum by about <paramref name="decibels"/> from below to above the pivot frequency.</summary>
    public static void Tilt(Span<float> samples, float pivot, int sampleRate, float decibels)
    {
        var pole = 1 - MathF.Exp(-MathF.Tau * pivot / sampleRate);
        float low = Level.Gain(-decibels / 2), high = Level.Gain(decibels / 2), state = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            state += pole * (samples[i] - state);
            samples[i] = low * state + high * (samples[i] - state);
        }
    }

    /// <summary>
    /// A band pass whose centre follows a curve: the state-variable filter with trapezoidal integration, which stays stable
    /// however fast it is moved. Gain 1 at the centre frequency.
    /// </summary>
    public static void MovingBandPass(Span<float> samples, ReadOnlySpan<float> frequency, int sampleRate, float q)
    {
        const int hold = 32;
        float damping = 1 / q, low = 0, band = 0, g = 0, norm = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            if (i % hold == 0)
            {
                g = MathF.Tan(MathF.PI * Math.Clamp(frequency[i] / sampleRate, 1e-4f, 0.45f));
                norm = 1 / (1 + g * (g + damping));
            }
            var centre = norm * (band + g * (samples[i] - low));
            var bottom = low + g * centre;
            band = 2 * centre - band;
            low = 2 * bottom - low;
            samples[i] = damping * centre;
        }
    }

    private static (double Cos, double Alpha) Design(float frequency, float q, int sampleRate)
    {
        var omega = Math.Tau * Math.Clamp(frequency / sampleRate, 1e-4, 0.45);
        return (Math.Cos(omega), Math.Sin(omega) / (2 * q));
    }

    /// <summary>Transposed direct form 2, in double precision since low cut-off frequencies lose single precision's last digits.</summary>
    private static void Run(Span<float> samples, double b0, double b1, double b2, double a0, double a1, double a2)
    {
        b0 /= a0;
        b1 /= a0;
        b2 /= a0;
        a1 /= a0;
        a2 /= a0;
        double first = 0, second = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            double x = samples[i], y = b0 * x + first;
            first = b1 * x - a1 * y + second;
            second = b2 * x - a2 * y;
            samples[i] = (float)y;
        }
    }
}
