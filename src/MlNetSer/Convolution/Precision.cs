using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MlNetSer;

/// <summary>How the values of a tensor lie in memory: sixteen at a time from there and back.</summary>
/// <typeparam name="TStored">What one of them takes up.</typeparam>
internal unsafe interface IPrecision<TStored>
    where TStored : unmanaged
{
    static abstract Vector512<float> Load(TStored* from);

    static abstract void Store(Vector512<float> values, TStored* to);
}

/// <summary>float32.</summary>
internal readonly unsafe struct SinglePrecision : IPrecision<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, float* to) => values.Store(to);
}

/// <summary>bfloat16: the upper half of a float32, rounded to the nearest and, halfway, to even.</summary>
internal readonly unsafe struct BrainPrecision : IPrecision<ushort>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(ushort* from)
    {
        var bits = Vector256.Load(from);
        if (Avx512F.IsSupported) return (Avx512F.ConvertToVector512UInt32(bits) << 16).AsSingle();
        var (lower, upper) = Vector256.Widen(bits);
        return (Vector512.Create(lower, upper) << 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, ushort* to)
    {
        // What is not a number stays none: processors make it with an empty lower half, to which no carry comes.
        var bits = values.AsUInt32();
        var rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512.Create(1u))) >> 16;
        (Avx512F.IsSupported ? Avx512F.ConvertToVector256UInt16(rounded) : Vector256.Narrow(rounded.GetLower(), rounded.GetUpper())).Store(to);
    }
}
