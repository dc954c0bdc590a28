using System.Runtime.InteropServices;

namespace MlNetSer;

/// <summary>Floats that begin where a cache line does, so that no load of sixteen takes two lines. Not thread-safe.</summary>
internal sealed unsafe class AlignedMemory : IDisposable
{
    private const int CacheLine = 64;

    private float* _first;
    private long _length;

    /// <summary>Memory for so many floats, all 0.</summary>
    public AlignedMemory(long length = 0) => Reserve(length);

    ~AlignedMemory() => NativeMemory.AlignedFree(_first);

    /// <summary>The first of them.</summary>
    public float* First => _first;

    /// <summary>Makes room for so many; what was there before is lost where there was less.</summary>
    public float* Reserve(long length)
    {
        if (length <= _length) return _first;
        NativeMemory.AlignedFree(_first);
        _first = null;
        _length = 0;
        var bytes = checked((nuint)length * sizeof(float));
        _first = (float*)NativeMemory.AlignedAlloc(bytes, CacheLine);
        NativeMemory.Clear(_first, bytes);
        _length = length;
        return _first;
    }

    /// <summary>Frees it.</summary>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_first);
        _first = null;
        _length = 0;
        GC.SuppressFinalize(this);
    }
}
