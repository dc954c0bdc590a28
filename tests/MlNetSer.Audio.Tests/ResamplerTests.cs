namespace MlNetSer.Audio.Tests;

/// <summary>Sines have a closed form at every rate: what is resampled must lie on it.</summary>
public class ResamplerTests
{
    private const int Target = 22_050;

    /// <summary>Ratios with few phases, with many, and some that interpolate between phases; downwards and upwards.</summary>
    public static TheoryData<int, int> Rates => new()
    {
        { 44_100, Target }, { 48_000, Target }, { 96_000, Target }, { 192_000, Target }, { 32_000, Target }, { 22_051, Target },
        { 8_000, Target }, { 11_025, Target }, { 16_000, Target }, { 7_919, Target }, { 22_049, Target }, { 1_000, Target },
        { Target, 16_000 }, { Target, 7_919 }, { Target, 48_000 }, { 44_100, 44_100 }, { 384_000, 7_919 }, { 250_007, 1_009 },
    };

    [Theory]
    [MemberData(nameof(Rates))]
    public void A_tone_that_both_rates_hold_keeps_its_level_and_its_time(int from, int to)
    {
        var nyquist = Math.Min(from, to) / 2.0;
        foreach (var part in new[] { 0.01, 0.3, 0.7, 0.907 })
        {
            var frequency = part * nyquist;
            var output = Resampler.Resample(Sine(frequency, from, from), from, to);
            Assert.Equal(to, output.Length);
            var worst = 0.0;
            foreach (var n in Middle(output, from, to))
                worst = Math.Max(worst, Math.Abs(output[n] - Math.Sin(2 * Math.PI * frequency * n / to)));
            Assert.True(worst < 2e-5, $"{frequency} Hz is off by {worst} (full scale 1), expected less than 2e-5");
        }
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void A_tone_above_the_new_Nyquist_frequency_is_80_dB_down(int from, int to)
    {
        foreach (var part in new[] { 1.0, 1.01, 1.1, 1.37, 1.9, 2.0, 3.3 })
        {
            var frequency = part * to / 2;
            if (frequency >= from / 2.0) continue;
            var output = Resampler.Resample(Sine(frequency, from, from), from, to);
            var worst = Middle(output, from, to).Max(n => Math.Abs(output[n]));
            Assert.True(worst < 1e-4, $"{frequency} Hz comes through at {20 * Math.Log10(worst):F1} dB, expected less than -80");
        }
    }

    [Theory]
    [InlineData(8_000, 3_600)]
    [InlineData(11_025, 5_000)]
    [InlineData(7_919, 3_500)]
    public void Upsampling_leaves_no_mirror_image(int from, double frequency)
    {
        var output = Resampler.Resample(Sine(frequency, from, from), from, Target);
        var middle = output.AsSpan(2000, output.Length - 4000);
        Assert.Equal(1, Spectrum.Amplitude(middle, frequency, Target), 1e-4);
        Assert.InRange(Spectrum.Amplitude(middle, from - frequency, Target), 0, 1e-5);
    }

    [Fact]
    public void The_passband_of_44100_to_22050_is_flat_up_to_10_kHz()
    {
        for (var frequency = 250; frequency <= 10_000; frequency += 250)
        {
            var output = Resampler.Resample(Sine(frequency, 44_100, 22_050), 44_100, Target);
            Assert.Equal(1, Spectrum.Amplitude(output.AsSpan(1000, 9000), frequency, Target), 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void A_constant_stays_that_constant(int from, int to)
    {
        var input = new float[from];
        Array.Fill(input, 0.25f);
        var output = Resampler.Resample(input, from, to);
        Assert.All(Middle(output, from, to), n => Assert.Equal(0.25f, output[n], 1e-6f));
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Any_cut_gives_the_same_samples_to_the_last_bit(int from, int to)
    {
        var random = new Random(from ^ to);
        var input = new float[40_000];
        foreach (ref var sample in input.AsSpan()) sample = (random.NextSingle() * 2) - 1;
        var whole = Resampler.Resample(input, from, to);

        var resampler = new Resampler(from, to);
        var pieces = new List<float>();
        var rest = input.AsSpan();
        while (!resampler.IsCompleted)
        {
            var length = random.Next(4) switch { 0 => 0, 1 => 1, 2 => random.Next(300), _ => random.Next(20_000) };
            var piece = rest[..Math.Min(rest.Length, length)];
            resampler.Append(piece);
            rest = rest[piece.Length..];
            if (rest.IsEmpty) resampler.Complete();
            var output = new float[random.Next(3) == 0 ? random.Next(1, 5000) : 500_000];
            while (resampler.Read(output) is > 0 and var count) pieces.AddRange(output.AsSpan(0, count));
        }

        Assert.True(whole.AsSpan().SequenceEqual(pieces.ToArray()));
        Assert.Equal(0, resampler.Read(new float[10]));
    }

    [Theory]
    [InlineData(0, 44_100, 22_050, 0)]
    [InlineData(1, 44_100, 22_050, 1)]
    [InlineData(2, 44_100, 22_050, 1)]
    [InlineData(3, 44_100, 22_050, 2)]
    [InlineData(220_500, 44_100, 22_050, 110_250)]
    [InlineData(48_000, 48_000, 22_050, 22_050)]
    [InlineData(48_001, 48_000, 22_050, 22_051)]
    [InlineData(10, 8_000, 22_050, 28)]
    [InlineData(7_919_000_000, 7_919, 22_050, 22_050_000_000)]
    public void The_length_is_that_of_the_sound_rounded_up(long length, int from, int to, long expected)
    {
        Assert.Equal(expected, Resampler.OutputLength(length, from, to));
        if (length < 1_000_000) Assert.Equal(expected, Resampler.Resample(new float[length], from, to).Length);
    }

    [Fact]
    public void Sounds_shorter_than_the_filter_have_the_right_height()
    {
        // One sample is a pulse that is as high as the filter's middle: the ratio of both rates times the cutoff of 95.5 %.
        var output = Resampler.Resample([1], 44_100, Target);
        Assert.Equal(0.4775, Assert.Single(output), 1e-3);
        Assert.Equal([1f], Resampler.Resample([1], Target, Target));
        Assert.Empty(Resampler.Resample([], 44_100, Target));
    }

    [Fact]
    public void An_hour_passes_through_little_memory()
    {
        const int Piece = 44_100;
        var resampler = new Resampler(44_100, Target);
        var input = new float[Piece];
        var output = new float[Piece];
        var before = GC.GetAllocatedBytesForCurrentThread();
        long total = 0;
        for (var second = 0; second < 3600; second++)
        {
            resampler.Append(input);
            while (resampler.Read(output) is > 0 and var count) total += count;
        }
        resampler.Complete();
        while (resampler.Read(output) is > 0 and var count) total += count;
        Assert.Equal(3600L * Target, total);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData(10_000_000, 1_000)]
    [InlineData(9_999_991, 1_009)]
    [InlineData(1_000, 10_000_000)]
    [InlineData(1_009, 9_999_991)]
    public void The_most_distant_rates_take_bounded_time_and_memory(int from, int to)
    {
        var output = Resampler.Resample(new float[from / 100], from, to);
        Assert.Equal(Math.Ceiling(from / 100 * (double)to / from), output.Length);
    }

    [Fact]
    public void A_completed_sound_takes_no_more()
    {
        var resampler = new Resampler(8_000, Target);
        resampler.Complete();
        resampler.Complete();
        Assert.Throws<InvalidOperationException>(() => resampler.Append([1]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-44_100)]
    [InlineData(999)]
    [InlineData(int.MaxValue)]
    public void A_rate_that_is_none_is_refused(int rate)
    {
        Assert.Throws<ArgumentOutOfRangeException>("from", () => new Resampler(rate, Target));
        Assert.Throws<ArgumentOutOfRangeException>("to", () => Resampler.Resample([1], Target, rate));
        Assert.Throws<ArgumentOutOfRangeException>("from", () => Resampler.OutputLength(1, rate, Target));
    }

    private static float[] Sine(double frequency, int sampleRate, int length)
    {
        var sound = new float[length];
        for (var i = 0; i < length; i++) sound[i] = (float)Math.Sin(2 * Math.PI * frequency * i / sampleRate);
        return sound;
    }

    /// <summary>The places that see no edge of the sound: 80 samples of the lower rate, to be safe.</summary>
    private static IEnumerable<int> Middle(float[] output, int from, int to)
    {
        var margin = (int)Math.Ceiling(80.0 * to / Math.Min(from, to));
        return Enumerable.Range(margin, output.Length - (2 * margin));
    }
}
