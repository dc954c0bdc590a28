namespace MlNetSer.Audio;

/// <summary>
/// Band-limited conversion from any sample rate to any other: flat (within 0.001 dB) up to 91 % of the lower rate's Nyquist frequency,
/// more than 95 dB down from the Nyquist frequency on, without delay. An output sample n is the sound at n / <see cref="To"/> seconds;
/// before its first and after its last sample the sound is taken for silence.
/// </summary>
/// <remarks>
/// An instance converts one sound piece by piece: <see cref="Append"/> and <see cref="Read"/> in turns, <see cref="Complete"/> at its end,
/// then <see cref="Read"/> the rest. The result is the same to the last bit, however the sound is cut. Static members are thread-safe,
/// an instance belongs to one thread at a time.
/// </remarks>
public sealed class Resampler
{
    private const int WholeArrayPiece = 16_384;

    private readonly FilterBank _bank;
    private float[] _pending;
    private int _pendingCount;
    private int _window;
    private int _phase;
    private long _appended;
    private long _produced;

    /// <summary>Starts the conversion of one sound.</summary>
    /// <param name="from">The rate of the input in Hz, 1,000 to 10,000,000.</param>
    /// <param name="to">The rate of the output in Hz, 1,000 to 10,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate lies outside these bounds.</exception>
    public Resampler(int from, int to)
    {
        SampleRates.Check(from);
        SampleRates.Check(to);
        From = from;
        To = to;
        _bank = FilterBank.For(from, to);
        // The window of the first output has its middle on the first sample.
        _pendingCount = (_bank.Taps / 2) - 1;
        _pending = new float[_pendingCount];
    }

    /// <summary>The sample rate of the input in Hz.</summary>
    public int From { get; }

    /// <summary>The sample rate of the output in Hz.</summary>
    public int To { get; }

    /// <summary>Whether <see cref="Complete"/> was called.</summary>
    public bool IsCompleted { get; private set; }

    /// <summary>The length of a sound after conversion: as many samples as begin before it ends.</summary>
    /// <param name="length">Its length in samples, at least 0.</param>
    /// <param name="from">Its rate in Hz.</param>
    /// <param name="to">The wanted rate in Hz.</param>
    /// <returns>The length times <paramref name="to"/> / <paramref name="from"/>, rounded up.</returns>
    public static long OutputLength(long length, int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        SampleRates.Check(from);
        SampleRates.Check(to);
        var whole = Math.DivRem(length, from, out var rest);
        return checked(whole * to) + (((rest * to) + from - 1) / from);
    }

    /// <summary>Converts a whole sound.</summary>
    /// <param name="samples">The sound; finite samples.</param>
    /// <param name="from">Its rate in Hz, 1,000 to 10,000,000.</param>
    /// <param name="to">The wanted rate in Hz, 1,000 to 10,000,000.</param>
    /// <returns>A new array of <see cref="OutputLength"/> samples.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A rate lies outside these bounds.</exception>
    public static float[] Resample(ReadOnlySpan<float> samples, int from, int to)
    {
        var output = GC.AllocateUninitializedArray<float>(checked((int)OutputLength(samples.Length, from, to)));
        if (from == to)
        {
            samples.CopyTo(output);
            return output;
        }
        var resampler = new Resampler(from, to);
        var done = 0;
        while (!samples.IsEmpty)
        {
            var piece = samples[..Math.Min(samples.Length, WholeArrayPiece)];
            resampler.Append(piece);
            done += resampler.Read(output.AsSpan(done));
            samples = samples[piece.Length..];
        }
        resampler.Complete();
        resampler.Read(output.AsSpan(done));
        return output;
    }

    /// <summary>Takes the next samples of the sound. They are kept until <see cref="Read"/> no longer needs them.</summary>
    /// <param name="samples">Any number of finite samples.</param>
    /// <exception cref="InvalidOperationException"><see cref="Complete"/> was called.</exception>
    public void Append(ReadOnlySpan<float> samples)
    {
        if (IsCompleted) throw new InvalidOperationException("The sound was completed; a new one needs a new resampler.");
        samples.CopyTo(Reserve(samples.Length));
        _appended += samples.Length;
    }

    /// <summary>Tells that the sound is over, so that <see cref="Read"/> gives its last samples too.</summary>
    public void Complete()
    {
        if (IsCompleted) return;
        IsCompleted = true;
        Reserve(_bank.Taps / 2).Clear();
    }

    /// <summary>Gives the next samples of the converted sound.</summary>
    /// <param name="output">Filled from its start.</param>
    /// <returns>The number of samples given; 0 when more input is needed or, after <see cref="Complete"/>, when all were given.</returns>
    public int Read(Span<float> output)
    {
        var ready = Ready();
        if (IsCompleted) ready = Math.Min(ready, OutputLength(_appended, From, To) - _produced);
        var count = (int)Math.Min(ready, output.Length);
        if (_bank.IsExact)
        {
            // Outputs that are a whole number of input samples apart share their coefficients. Ragged ends wait for more input.
            var block = DotProduct.BlockSize * _bank.Up;
            var blocks = count / block;
            if (!IsCompleted && blocks > 0) count = blocks * block;
            for (var i = 0; i < blocks; i++) ReadBlock(output.Slice(i * block, block));
            for (var i = blocks * block; i < count; i++) output[i] = ReadOne();
        }
        else
        {
            for (var i = 0; i < count; i++) output[i] = ReadBetween();
        }
        _produced += count;
        return count;
    }

    /// <summary>Outputs whose window lies in what is pending.</summary>
    private long Ready()
    {
        var slack = (long)_pendingCount - _bank.Taps - _window;
        return slack < 0 ? 0 : ((((slack + 1) * _bank.Up) - _phase - 1) / _bank.Down) + 1;
    }

    private void ReadBlock(Span<float> output)
    {
        for (var i = 0; i < _bank.Up; i++)
        {
            DotProduct.Block(_bank.Row(_phase), _pending.AsSpan(_window, _pendingCount - _window), _bank.Down, output[i..], _bank.Up);
            Advance();
        }
        _window += (DotProduct.BlockSize - 1) * _bank.Down;
    }

    private float ReadOne()
    {
        var result = DotProduct.One(_bank.Row(_phase), _pending.AsSpan(_window, _bank.Taps));
        Advance();
        return result;
    }

    private float ReadBetween()
    {
        var row = Math.DivRem((long)_phase * _bank.Phases, _bank.Up, out var rest);
        var weight = (float)((double)rest / _bank.Up);
        var window = _pending.AsSpan(_window, _bank.Taps);
        var before = DotProduct.One(_bank.Row((int)row), window);
        var after = DotProduct.One(_bank.Row((int)row + 1), window);
        Advance();
        return before + (weight * (after - before));
    }

    private void Advance()
    {
        _window += Math.DivRem(_bank.Down, _bank.Up, out var rest);
        _phase += rest;
        if (_phase < _bank.Up) return;
        _phase -= _bank.Up;
        _window++;
    }

    private Span<float> Reserve(int count)
    {
        var kept = _pendingCount - _window;
        if (_pending.Length - _pendingCount < count)
        {
            // Moved only when the end is reached, into a buffer with room for several more pieces.
            var target = _pending.Length >= 2 * (kept + count) ? _pending : new float[Math.Max(2 * (kept + count), 2 * _bank.Taps)];
            _pending.AsSpan(_window, kept).CopyTo(target);
            _pending = target;
            _window = 0;
            _pendingCount = kept;
        }
        _pendingCount += count;
        return _pending.AsSpan(_pendingCount - count, count);
    }
}
