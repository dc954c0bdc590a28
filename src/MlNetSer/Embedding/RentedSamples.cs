using System.Buffers;

namespace MlNetSer;

/// <summary>
/// Samples in an array that serves one clip after the other: hundreds of kilobytes that are new for every clip keep the garbage collector busy with its most expensive part. Not thread-safe.
/// </summary>
internal sealed class RentedSamples : IDisposable
{
    private float[] _samples;

    /// <summary>Rents room.</summary>
    /// <param name="expected">How many samples there may be; more make it grow.</param>
    public RentedSamples(int expected) => _samples = ArrayPool<float>.Shared.Rent(expected);

    /// <summary>How many samples there are.</summary>
    public int Length { get; set; }

    /// <summary>The samples, until it is disposed of.</summary>
    public ReadOnlySpan<float> Span => _samples.AsSpan(0, Length);

    /// <summary>Where the next samples go, at least one.</summary>
    public Span<float> Room()
    {
        if (Length == _samples.Length)
        {
            var larger = ArrayPool<float>.Shared.Rent(2 * Length);
            _samples.CopyTo(larger, 0);
            ArrayPool<float>.Shared.Return(_samples);
            _samples = larger;
        }
        return _samples.AsSpan(Length);
    }

    /// <summary>Gives the array back.</summary>
    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(_samples);
        (_samples, Length) = ([], 0);
    }
}
