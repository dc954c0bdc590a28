using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MlNetSer;

/// <summary>An operator of ONNX Runtime that this library computes: the table of functions that its C API asks for, and behind it what they need.</summary>
internal abstract unsafe class KernelOperator : IDisposable
{
    private const int Float32 = 1;

    private readonly GCHandle _self;
    private readonly uint _inputs;
    private Entry* _entry;

    /// <summary>Makes the operator.</summary>
    /// <param name="name">Its name in the domain.</param>
    /// <param name="inputs">How many inputs it has; it has one output, and all of them are float32.</param>
    protected KernelOperator(string name, uint inputs)
    {
        _inputs = inputs;
        _self = GCHandle.Alloc(this);
        _entry = (Entry*)NativeMemory.AllocZeroed((nuint)sizeof(Entry));
        _entry->Version = RuntimeFunctions.Version;
        _entry->CreateKernel = &CreateKernel;
        _entry->GetName = &GetName;
        _entry->GetExecutionProviderType = &GetExecutionProvider;
        _entry->GetInputType = &GetType;
        _entry->GetInputTypeCount = &GetInputCount;
        _entry->GetOutputType = &GetType;
        _entry->GetOutputTypeCount = &GetOutputCount;
        _entry->KernelDestroy = &DestroyKernel;
        _entry->GetInputCharacteristic = &GetPlain;
        _entry->GetOutputCharacteristic = &GetPlain;
        _entry->GetInputMemoryType = &GetPlain;
        _entry->CreateKernelV2 = &CreateKernelV2;
        _entry->KernelComputeV2 = &Compute;
        _entry->Self = GCHandle.ToIntPtr(_self);
        _entry->Name = Marshal.StringToCoTaskMemUTF8(name);
    }

    /// <summary>What ONNX Runtime is given.</summary>
    public void* Address => _entry;

    /// <summary>Frees it; no session may know it any more.</summary>
    public void Dispose()
    {
        if (_entry is null) return;
        Marshal.FreeCoTaskMem(_entry->Name);
        NativeMemory.Free(_entry);
        _entry = null;
        _self.Free();
        FreeKernel();
    }

    /// <summary>Computes the output from the inputs. An exception is the run's error.</summary>
    protected abstract void Run(nint context);

    /// <summary>Frees what computes.</summary>
    protected abstract void FreeKernel();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint GetName(Entry* entry) => entry->Name;

    // None: that for processors.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint GetExecutionProvider(Entry* entry) => 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int GetType(Entry* entry, nuint index) => Float32;

    // Inputs and outputs are required, and in the memory that processors use.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int GetPlain(Entry* entry, nuint index) => 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nuint GetInputCount(Entry* entry) => Of(entry->Self)._inputs;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nuint GetOutputCount(Entry* entry) => 1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint CreateKernel(Entry* entry, nint api, nint info) => entry->Self;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint CreateKernelV2(Entry* entry, nint api, nint info, nint* kernel)
    {
        *kernel = entry->Self;
        return 0;
    }

    // It lives as long as the operator.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void DestroyKernel(nint kernel)
    {
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Compute(nint kernel, nint context)
    {
        try
        {
            Of(kernel).Run(context);
            return 0;
        }
#pragma warning disable CA1031 // An exception that leaves here ends the process; ONNX Runtime throws one of its own with the message.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return RuntimeFunctions.Failure($"{e.GetType().Name}: {e.Message}");
        }
    }

    private static KernelOperator Of(nint self) => (KernelOperator)GCHandle.FromIntPtr(self).Target!;

    /// <summary>OrtCustomOp as version 16 of the C API has it, and what belongs to this operator after it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public uint Version;
        public delegate* unmanaged[Cdecl]<Entry*, nint, nint, nint> CreateKernel;
        public delegate* unmanaged[Cdecl]<Entry*, nint> GetName;
        public delegate* unmanaged[Cdecl]<Entry*, nint> GetExecutionProviderType;
        public delegate* unmanaged[Cdecl]<Entry*, nuint, int> GetInputType;
        public delegate* unmanaged[Cdecl]<Entry*, nuint> GetInputTypeCount;
        public delegate* unmanaged[Cdecl]<Entry*, nuint, int> GetOutputType;
        public delegate* unmanaged[Cdecl]<Entry*, nuint> GetOutputTypeCount;
        public nint KernelCompute;
        public delegate* unmanaged[Cdecl]<nint, void> KernelDestroy;
        public delegate* unmanaged[Cdecl]<Entry*, nuint, int> GetInputCharacteristic;
        public delegate* unmanaged[Cdecl]<Entry*, nuint, int> GetOutputCharacteristic;
        public delegate* unmanaged[Cdecl]<Entry*, nuint, int> GetInputMemoryType;
        public Variadic NeverAsked;
        public delegate* unmanaged[Cdecl]<Entry*, nint, nint, nint*, nint> CreateKernelV2;
        public delegate* unmanaged[Cdecl]<nint, nint, nint> KernelComputeV2;
        public Later NotInThisVersion;
        public nint Self;
        public nint Name;
    }

    /// <summary>The four functions of operators with any number of inputs or outputs.</summary>
    [InlineArray(4)]
    private struct Variadic
    {
        private nint _first;
    }

    /// <summary>Room for the seven functions that later versions ask for.</summary>
    [InlineArray(7)]
    private struct Later
    {
        private nint _first;
    }
}
