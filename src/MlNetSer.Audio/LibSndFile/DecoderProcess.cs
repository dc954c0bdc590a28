using System.Collections.Concurrent;
using System.Diagnostics;

namespace MlNetSer.Audio;

/// <summary>
/// A process that decodes with libsndfile, which is code in C that reads files from anywhere: where it crashes or never ends, the file is
/// one that cannot be read, and all else goes on. Processes are started when they are needed and used again.
/// </summary>
internal sealed class DecoderProcess : IDisposable
{
    private static readonly ConcurrentBag<DecoderProcess> Idle = [];

    private readonly Process _process;
    private bool _timedOut;

    private DecoderProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start) ?? throw new IOException($"{start.FileName}: cannot be started to decode sounds");
        // Runtimes have much to say about a crash, which one line is said about here.
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        Questions = new(_process.StandardInput.BaseStream);
        Answers = new(_process.StandardOutput.BaseStream);
    }

    /// <summary>How to start a process that calls <see cref="DecoderWorker.Run"/>; null, as it is at first, where sounds are to be decoded in this one.</summary>
    public static Func<ProcessStartInfo>? Start { get; set; }

    /// <summary>How long a process may take to answer before it is ended; tests are less patient.</summary>
    public static TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(1);

    private BinaryWriter Questions { get; }

    private BinaryReader Answers { get; }

    /// <summary>One that waits for work, or a new one.</summary>
    public static DecoderProcess Take(Func<ProcessStartInfo> start) => Idle.TryTake(out var process) ? process : new(start());

    /// <summary>Ends with a sound, and waits for another.</summary>
    public void Close()
    {
        try
        {
            Questions.Write(0);
            Questions.Flush();
            Idle.Add(this);
        }
        catch (IOException)
        {
            Dispose();
        }
    }

    /// <summary>Asks something and reads the answer.</summary>
    /// <typeparam name="T">What the answer is read as.</typeparam>
    /// <param name="path">The sound, for messages.</param>
    /// <param name="ask">Writes the question.</param>
    /// <param name="read">Reads what follows the kind of the answer, which is none but these or a reason.</param>
    /// <exception cref="SoundFileException">The sound cannot be read, or the process has come to its end over it.</exception>
    public T Exchange<T>(string path, Action<BinaryWriter> ask, Func<DecoderWorker.Answer, BinaryReader, T> read)
    {
        string reason;
        try
        {
            using var watchdog = new Timer(_ => GiveUp(), null, Patience, Timeout.InfiniteTimeSpan);
            ask(Questions);
            Questions.Flush();
            var kind = (DecoderWorker.Answer)Answers.ReadByte();
            if (kind is not DecoderWorker.Answer.Reason) return read(kind, Answers);
            reason = Answers.ReadString();
        }
        catch (Exception e) when (e is EndOfStreamException or IOException)
        {
            throw new SoundFileException(path, Obituary(), e);
        }
        Idle.Add(this);
        throw new SoundFileException(path, reason);
    }

    public void Dispose()
    {
        Questions.Dispose();
        Answers.Dispose();
        _process.Dispose();
    }

    private void GiveUp()
    {
        _timedOut = true;
        _process.Kill();
    }

    private string Obituary()
    {
        _process.WaitForExit();
        var code = _process.ExitCode;
        Dispose();
        return _timedOut ? $"takes libsndfile longer than {Patience.TotalSeconds:0} s; expected a sound that can be decoded"
            : $"crashes libsndfile ({(code > 128 ? $"signal {code - 128}" : $"exit code {code}")} in the process that decodes); expected a sound that can be decoded";
    }
}
