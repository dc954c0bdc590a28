using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MlNetSer.Onnx;

namespace MlNetSer;

/// <summary>
/// An ONNX Runtime session in which kernels of this library compute what they do faster: the log-mel front end, by fast Fourier transforms, and stacks of 3 x 3 convolutions, by a quarter of the
/// multiplications. All the rest is ONNX Runtime's, and everything is where the processor lacks AVX-512 (or .NET is told not to use it: <c>DOTNET_EnableAVX512=0</c>).
/// </summary>
internal sealed unsafe class KernelSession : IDisposable
{
    private static readonly Lock s_first = new();
    private static volatile bool s_domainIsKnown;

    private readonly List<KernelOperator> _operators = [];
    private readonly nint _domain;
    private readonly nint _name;

    /// <summary>Opens a session.</summary>
    /// <param name="model">A model. It is changed.</param>
    /// <param name="options">Settings.</param>
    /// <param name="frontEnd">The settings of the front end that the model begins with, if it does.</param>
    public KernelSession(OnnxModel model, SessionOptions options, LogMelSettings? frontEnd = null)
    {
        try
        {
            if (KernelDomain.Pays(model)) Take(model, frontEnd);
            if (_operators.Count > 0)
            {
                _name = Marshal.StringToCoTaskMemUTF8(KernelDomain.Name);
                _domain = RuntimeFunctions.CreateDomain((byte*)_name);
                foreach (var one in _operators) RuntimeFunctions.Add(_domain, one.Address);
                RuntimeFunctions.Add(options, _domain);
            }
            Session = Open(model.ToBytes(), options);
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
    public int Stacks => _operators.OfType<StackOperator>().Count();

    /// <summary>Whether a kernel computes the front end.</summary>
    public bool FrontEnd => _operators.OfType<LogMelOperator>().Any();

    /// <summary>Ends the session, then what it uses.</summary>
    public void Dispose()
    {
        Session.Dispose();
        Free();
    }

    private void Take(OnnxModel model, LogMelSettings? frontEnd)
    {
        if (frontEnd is not null && LogMelKernel.Fits(frontEnd) && FrontEndNodes.Take(model, frontEnd)) _operators.Add(new LogMelOperator(frontEnd));
        foreach (var stack in ConvolutionStacks.Take(model, StackKernel.Fits)) _operators.Add(new StackOperator(stack));
    }

    /// <summary>ONNX Runtime keeps a table of domains for the whole process, and two sessions that are the first to use one at the same time fail.</summary>
    private InferenceSession Open(byte[] model, SessionOptions options)
    {
        if (_domain == 0 || s_domainIsKnown) return new(model, options);
        lock (s_first)
        {
            var session = new InferenceSession(model, options);
            s_domainIsKnown = true;
            return session;
        }
    }

    private void Free()
    {
        if (_domain != 0) RuntimeFunctions.ReleaseDomain(_domain);
        Marshal.FreeCoTaskMem(_name);
        foreach (var one in _operators) one.Dispose();
        _operators.Clear();
    }
}
