namespace MlNetSer.Training.Synthesis;

public class BlockTests
{
    private const int Rate = 22050;

    [Fact]
    public void A_steady_oscillator_is_a_sine_to_the_last_sample()
    {
        var sine = Oscillator.Sine(Oscillator.Phase(Envelope.Constant(5 * Rate, 440), Rate));
        for (var i = 0; i < sine.Length; i += 997) Assert.Equal(Math.Sin(Math.Tau * 440 * i / Rate), sine[i], 1e-4);
    }

    [Fact]
    public void Harmonics_above_the_limit_are_left_out()
    {
        var phase = Oscillator.Phase(Envelope.Constant(8192, 3000), Rate);
        var power = PowerSpectrum.Average(Oscillator.Harmonics(phase, [1, 0.5f, 0.25f, 1, 1], 3000, Rate));
        double At(double frequency) => power[(int)Math.Round(frequency / Rate * 4096)];
        Assert.Equal(0.25, At(6000) / At(3000), 0.1);
        Assert.True(At(12000 - Rate / 2.0) < 1e-6 * At(3000));
        Assert.True(At(Rate - 12000) < 1e-6 * At(3000));
    }

    [Fact]
    public void A_modulated_carrier_has_the_phase_that_was_asked_for()
    {
        var carrier = Oscillator.Phase(Envelope.Constant(Rate, 500), Rate);
        var modulator = Oscillator.Phase(Envelope.Constant(Rate, 80), Rate);
        var tone = Oscillator.FrequencyModulated(carrier, modulator, Envelope.Constant(Rate, 3));
        for (var i = 0; i < tone.Length; i += 501)
            Assert.Equal(Math.Sin(Math.Tau * 500 * i / Rate + 3 * Math.Sin(Math.Tau * 80 * i / Rate)), tone[i], 1e-4);
    }

    [Fact]
    public void Ring_modulation_gives_sum_and_difference_tones_only()
    {
        var tone = Oscillator.Sine(Oscillator.Phase(Envelope.Constant(16384, 1000), Rate));
        Effect.Tremolo(tone, Envelope.Constant(16384, 300), 1, Rate);
        for (var i = 0; i < tone.Length; i += 401)
            Assert.Equal(0.5 * (Math.Cos(Math.Tau * 700 * i / Rate) - Math.Cos(Math.Tau * 1300 * i / Rate)), tone[i], 1e-3);
    }

    [Theory]
    [InlineData(nameof(NoiseColour.Brown), -6)]
    [InlineData(nameof(NoiseColour.Pink), -3)]
    [InlineData(nameof(NoiseColour.White), 0)]
    [InlineData(nameof(NoiseColour.Violet), 6)]
    public void Noise_colours_have_their_slope(string colour, double slope)
    {
        var noise = Noise.Coloured(new(1), 8 * Rate, Enum.Parse<NoiseColour>(colour));
        Assert.Equal(slope, PowerSpectrum.SlopePerOctave(noise, 80, 5000, Rate), 0.6);
        Assert.Equal(1, Level.Rms(noise), 1e-3);
    }

    [Fact]
    public void Filters_have_their_textbook_gains()
    {
        Assert.Equal(-3.01, GainAt(1000, x => Filter.LowPass(x, 1000, Rate)), 0.1);
        Assert.Equal(0, GainAt(50, x => Filter.LowPass(x, 1000, Rate)), 0.1);
        Assert.InRange(GainAt(8000, x => Filter.LowPass(x, 1000, Rate)), -80, -36);
        Assert.Equal(-3.01, GainAt(1000, x => Filter.HighPass(x, 1000, Rate)), 0.1);
        Assert.Equal(0, GainAt(8000, x => Filter.HighPass(x, 500, Rate)), 0.1);
        Assert.Equal(0, GainAt(2000, x => Filter.BandPass(x, 2000, Rate, 5)), 0.1);
        // The edges of a band of width centre / q lie 3 dB down.
        Assert.Equal(-3.01, GainAt(2210, x => Filter.BandPass(x, 2000, Rate, 5)), 0.3);
        Assert.Equal(9, GainAt(3000, x => Filter.Peak(x, 3000, Rate, 2, 9)), 0.1);
        Assert.Equal(0, GainAt(100, x => Filter.Peak(x, 3000, Rate, 2, 9)), 0.1);
        Assert.Equal(-6, GainAt(30, x => Filter.Tilt(x, 1500, Rate, 12)), 0.3);
        Assert.InRange(GainAt(8000, x => Filter.Tilt(x, 1500, Rate, 12)), 4, 6.1);
    }

    [Fact]
    public void The_moving_band_pass_equals_the_fixed_one_when_it_stands_still()
    {
        foreach (var frequency in (ReadOnlySpan<float>)[300, 900, 1500, 2500])
        {
            var moving = GainAt(frequency, x => Filter.MovingBandPass(x, Envelope.Constant(x.Length, 1500), Rate, 4));
            Assert.Equal(GainAt(frequency, x => Filter.BandPass(x, 1500, Rate, 4)), moving, 0.2);
        }
    }

    [Fact]
    public void A_mode_rings_at_its_frequency_and_is_60_dB_down_after_its_decay()
    {
        var ring = new float[Rate];
        new Modes([800], [0.5f], [1]).Strike(ring, 1, new SoundRandom(2), Rate);
        float early = Level.Peak(ring.AsSpan(0, 60)), late = Level.Peak(ring.AsSpan(Rate / 2 - 30, 60));
        Assert.Equal(-60, 20 * Math.Log10(late / early), 1.5);
        var crossings = Enumerable.Range(1, Rate / 4).Count(i => ring[i - 1] < 0 && ring[i] >= 0);
        Assert.InRange(crossings, 198, 202);
    }

    [Fact]
    public void A_decay_falls_by_60_dB_and_a_gate_is_closed_at_both_ends()
    {
        var decay = Envelope.Decay(2000, 10, 1000);
        Assert.Equal(1, decay[10]);
        Assert.Equal(1e-3, decay[1010], 1e-4);
        var gate = Envelope.Gate(1000, 100, 200);
        Assert.Equal([0, 0.5f, 1, 0.5f, 0], new[] { gate[0], gate[50], gate[500], gate[899], gate[999] }.Select(g => MathF.Round(g, 2)));
    }

    [Fact]
    public void A_glide_moves_by_equal_ratios_and_a_wandering_curve_stays_in_its_range_without_jumps()
    {
        var glide = Envelope.Glide(1000, 100, 1600);
        Assert.Equal([100, 200, 400, 800], new[] { glide[0], glide[250], glide[500], glide[750] }.Select(f => MathF.Round(f)));
        var curve = Envelope.Wander(new(4), 10 * Rate, 5, 0.2f, 0.9f, Rate);
        Assert.True(curve.All(c => c is > 0.199f and < 0.901f));
        Assert.True(curve.Max() - curve.Min() > 0.4);
        Assert.True(curve.Zip(curve.Skip(1)).All(pair => Math.Abs(pair.First - pair.Second) < 0.001));
    }

    [Fact]
    public void A_pulse_is_even_and_random_events_come_at_their_rate()
    {
        var even = Rhythm.Regular(new(1), 10 * Rate, 4, 0, Rate).ToArray();
        Assert.Equal(40, even.Length);
        Assert.All(even.Zip(even.Skip(1)), p => Assert.InRange(p.Second - p.First, Rate / 4 - 1, Rate / 4 + 2));
        Assert.InRange(Rhythm.Random(new(1), 100 * Rate, 20, Rate).Count(), 1850, 2150);
        Assert.All(Rhythm.Regular(new(1), Rate, 30, 0.5f, Rate), o => Assert.InRange(o, 0, Rate - 1));
    }

    [Fact]
    public void A_room_dies_away_in_about_its_reverberation_time()
    {
        var impulse = new float[3 * Rate];
        impulse[0] = 1;
        Effect.Reverb(impulse, 1, 1, 1, Rate);
        double Power(double from) => Level.Rms(impulse.AsSpan((int)(from * Rate), Rate / 10));
        Assert.InRange(20 * Math.Log10(Power(1) / Power(0.05)), -75, -50);
        Assert.True(Power(0.05) > 1e-3);
    }

    [Fact]
    public void Distortion_compresses_peaks_and_keeps_signs()
    {
        float[] samples = [-2, -0.2f, 0, 0.2f, 2];
        Effect.Distort(samples, 3);
        Assert.Equal(Math.Tanh(3), samples[4], 1e-5);
        Assert.Equal(Math.Tanh(0.3), samples[3], 1e-5);
        Assert.Equal(-samples[4], samples[0]);
    }

    /// <summary>Gain in dB of what is left of a steady sine.</summary>
    private static double GainAt(float frequency, Action<float[]> filter)
    {
        var sine = Oscillator.Sine(Oscillator.Phase(Envelope.Constant(2 * Rate, frequency), Rate));
        var before = Level.Rms(sine.AsSpan(Rate));
        filter(sine);
        return 20 * Math.Log10(Level.Rms(sine.AsSpan(Rate)) / before);
    }
}
