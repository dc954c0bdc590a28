using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>
/// An ONNX Runtime session in which stacks of 3 x 3 convolutions are computed by kernels of this library, which need a quarter of the multiplications. All the rest is ONNX Runtime's, and everything is
/// where the processor lacks AVX-512 (or .NET is told not to use it: <c>DOTNET_EnableAVX512=0</c>).
/// </summary>
internal sealed unsafe class KernelSession : IDisposable
{
    private readonly List<StackOperator> _operators = [];
    private readonly nint _domain;
    private readonly nint _name;

    /// <summary>Opens a session.</summary>
    /// <param name="model">A model. It is changed.</param>
    /// <param name="options">Settings.</param>
    public KernelSession(OnnxModel model, SessionOptions options)
    {
        try
        {
            foreach (var stack in ConvolutionStacks.Take(model, StackKernel.Fits)) _operators.Add(new(stack));
            if (_operators.Count > 0)
            {
                _name = Marshal.StringToCoTaskMemUTF8(ConvolutionStacks.Domain);
                _domain = RuntimeFunctions.CreateDomain((byte*)_name);
                foreach (var one in _operators) RuntimeFunctions.Add(_domain, one.Address);
                RuntimeFunctions.Add(options, _domain);
            }
            Session = new(model.ToBytes(), options);
        }
        catch
        {
            Free();
            throw;
        }
    }

    /// <summary>The session.</summary>
    public InferenceSession Session { get; }

    /// <summary>Stacks that kernels compute.</summary>
    public int Stacks => _operators.Count;

    /// <summary>Ends the session, then what it uses.</summary>
    public void Dispose()
    {
        Session.Dispose();
        Free();
    }

    private void Free()
    {
        if (_domain != 0) RuntimeFunctions.ReleaseDomain(_domain);
        Marshal.FreeCoTaskMem(_name);
        foreach (var one in _operators) one.Dispose();
        _operators.Clear();
    }
}
