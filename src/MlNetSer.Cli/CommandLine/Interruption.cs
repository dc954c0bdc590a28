using System.Runtime.InteropServices;

namespace MlNetSer.Cli;

/// <summary>
/// Ctrl-C and SIGTERM: the first asks the verb to stop where nothing is lost, a second one ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly Screen _screen;
    private readonly PosixSignalRegistration[] _registrations;

    public Interruption(Screen screen)
    {
        _screen = screen;
        _registrations = [Register(PosixSignal.SIGINT, 2), Register(PosixSignal.SIGTERM, 15)];
    }

    public CancellationToken Token => _source.Token;

    /// <summary>128 plus the number of the signal, as shells have it: 130 after Ctrl-C.</summary>
    public int ExitCode { get; private set; }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, context =>
    {
        // Left alone, the second signal has its usual effect.
        if (ExitCode != 0) return;
        ExitCode = 128 + number;
        context.Cancel = true;
        _screen.Warn("Stopping. Once more stops at once.");
        _source.Cancel();
    });
}
