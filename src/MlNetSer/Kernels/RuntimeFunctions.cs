using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace MlNetSer;

/// <summary>Functions of ONNX Runtime's C API for operators of one's own, which its managed library does not have. Their places in the table are fixed for all versions of it.</summary>
internal static unsafe class RuntimeFunctions
{
    /// <summary>The version of the API whose table is asked for: the first that has all of them.</summary>
    public const uint Version = 16;

    private const int Fail = 1;
    private static readonly nint* s_table = Table();

    private enum Place
    {
        CreateStatus = 0,
        GetErrorMessage = 2,
        CreateCustomOpDomain = 26,
        CustomOpDomainAdd = 27,
        AddCustomOpDomain = 28,
        GetTensorMutableData = 51,
        GetDimensionsCount = 61,
        GetDimensions = 62,
        GetTensorTypeAndShape = 65,
        KernelContextGetInput = 90,
        KernelContextGetOutput = 91,
        ReleaseStatus = 93,
        ReleaseTensorTypeAndShapeInfo = 99,
        ReleaseCustomOpDomain = 101,
    }

    /// <summary>An error for ONNX Runtime to throw.</summary>
    public static nint Failure(string message)
    {
        var text = (byte*)Marshal.StringToCoTaskMemUTF8(message);
        var status = ((delegate* unmanaged[Cdecl]<int, byte*, nint>)At(Place.CreateStatus))(Fail, text);
        Marshal.FreeCoTaskMem((nint)text);
        return status;
    }

    /// <summary>A new domain of operators.</summary>
    public static nint CreateDomain(byte* name)
    {
        nint domain;
        Check(((delegate* unmanaged[Cdecl]<byte*, nint*, nint>)At(Place.CreateCustomOpDomain))(name, &domain));
        return domain;
    }

    /// <summary>Puts an operator into a domain. It must live as long.</summary>
    public static void Add(nint domain, void* customOperator) =>
        Check(((delegate* unmanaged[Cdecl]<nint, void*, nint>)At(Place.CustomOpDomainAdd))(domain, customOperator));

    /// <summary>Makes a session know a domain, which must live as long.</summary>
    public static void Add(SessionOptions options, nint domain) =>
        Check(((delegate* unmanaged[Cdecl]<nint, nint, nint>)At(Place.AddCustomOpDomain))(options.DangerousGetHandle(), domain));

    /// <summary>Frees a domain.</summary>
    public static void ReleaseDomain(nint domain) => ((delegate* unmanaged[Cdecl]<nint, void>)At(Place.ReleaseCustomOpDomain))(domain);

    /// <summary>An input of a run of an operator.</summary>
    public static float* Input(nint context, nuint index, out long[] shape)
    {
        nint value, info;
        Check(((delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint>)At(Place.KernelContextGetInput))(context, index, &value));
        Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)At(Place.GetTensorTypeAndShape))(value, &info));
        try
        {
            nuint count;
            Check(((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)At(Place.GetDimensionsCount))(info, &count));
            shape = new long[count];
            fixed (long* dimensions = shape) Check(((delegate* unmanaged[Cdecl]<nint, long*, nuint, nint>)At(Place.GetDimensions))(info, dimensions, count));
        }
        finally
        {
            ((delegate* unmanaged[Cdecl]<nint, void>)At(Place.ReleaseTensorTypeAndShapeInfo))(info);
        }
        return Data(value);
    }

    /// <summary>Makes the output of a run of an operator.</summary>
    public static float* Output(nint context, params ReadOnlySpan<long> shape)
    {
        nint value;
        fixed (long* dimensions = shape)
        {
            Check(((delegate* unmanaged[Cdecl]<nint, nuint, long*, nuint, nint*, nint>)At(Place.KernelContextGetOutput))(
                context, 0, dimensions, (nuint)shape.Length, &value));
        }
        return Data(value);
    }

    private static float* Data(nint value)
    {
        float* data;
        Check(((delegate* unmanaged[Cdecl]<nint, float**, nint>)At(Place.GetTensorMutableData))(value, &data));
        return data;
    }

    private static nint At(Place place) => s_table[(int)place];

    private static void Check(nint status)
    {
        if (status == 0) return;
        var message = Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint, nint>)At(Place.GetErrorMessage))(status));
        ((delegate* unmanaged[Cdecl]<nint, void>)At(Place.ReleaseStatus))(status);
        throw new InvalidOperationException($"ONNX Runtime: {message}");
    }

    private static nint* Table()
    {
        // The managed library has found and opened the native one by then.
        _ = OrtEnv.Instance();
        var library = NativeLibrary.Load("onnxruntime", typeof(OrtEnv).Assembly, null);
        var apis = ((delegate* unmanaged[Cdecl]<nint*>)NativeLibrary.GetExport(library, "OrtGetApiBase"))();
        return (nint*)((delegate* unmanaged[Cdecl]<uint, nint>)apis[0])(Version);
    }
}
