using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MlNetSer.Audio;

/// <summary>A file in memory as libsndfile reads it, through callbacks. It is found by its handle, which the library hands to them.</summary>
internal sealed unsafe class SndFileMemory(ReadOnlyMemory<byte> content)
{
    private long _position;

    public static SF_VIRTUAL_IO Callbacks { get; } = new()
    {
        get_filelen = &Length,
        seek = &Seek,
        read = &Read,
        write = &Write,
        tell = &Tell,
    };

    private static SndFileMemory Of(nint user) => (SndFileMemory)GCHandle.FromIntPtr(user).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Length(nint user) => Of(user).Content.Length;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Seek(long offset, int whence, nint user)
    {
        var file = Of(user);
        var from = whence switch
        {
            0 => 0,
            1 => file._position,
            _ => file.Content.Length,
        };
        // Damaged headers lead to any place; where nothing lies, nothing is read.
        return file._position = Math.Clamp(unchecked(from + offset), 0, file.Content.Length);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Read(void* destination, long count, nint user)
    {
        var file = Of(user);
        var read = (int)Math.Clamp(count, 0, file.Content.Length - file._position);
        file.Content.Span.Slice((int)file._position, read).CopyTo(new Span<byte>(destination, read));
        file._position += read;
        return read;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Write(void* source, long count, nint user) => 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Tell(nint user) => Of(user)._position;

    private ReadOnlyMemory<byte> Content { get; } = content;

    [StructLayout(LayoutKind.Sequential)]
    public struct SF_VIRTUAL_IO
    {
        public delegate* unmanaged[Cdecl]<nint, long> get_filelen;
        public delegate* unmanaged[Cdecl]<long, int, nint, long> seek;
        public delegate* unmanaged[Cdecl]<void*, long, nint, long> read;
        public delegate* unmanaged[Cdecl]<void*, long, nint, long> write;
        public delegate* unmanaged[Cdecl]<nint, long> tell;
    }
}
