using System.Runtime.InteropServices;

namespace MlNetSer.Audio;

/// <summary>
/// The other side of <see cref="DecoderProcess"/>: a process that decodes for another one, so that only this one goes if libsndfile
/// crashes. It is told a path, answers what the sound is or why it cannot be read, and gives frames as they are asked for.
/// </summary>
internal static class DecoderWorker
{
    /// <summary>What follows in an answer: the sound, a reason, or frames.</summary>
    public enum Answer : byte
    {
        Sound,
        Reason,
        Frames,
    }

    /// <summary>Serves until nothing is asked any more.</summary>
    /// <param name="questions">What is asked.</param>
    /// <param name="answers">What is answered.</param>
    public static void Run(Stream questions, Stream answers)
    {
        // Ctrl-C reaches all processes of a terminal, and the one that asks may want to go on to a good place to stop.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static signal => signal.Cancel = true);
        using var input = new BinaryReader(questions);
        using var output = new BinaryWriter(answers);
        try
        {
            while (true) Serve(input, output);
        }
        catch (EndOfStreamException)
        {
            // Nobody asks any more.
        }
    }

    private static void Serve(BinaryReader input, BinaryWriter output)
    {
        var (path, finding) = (input.ReadString(), input.ReadString());
        try
        {
            using var source = new SndFileSource(path, null, finding);
            output.Write((byte)Answer.Sound);
            output.Write(source.SampleRate);
            output.Write(source.Channels);
            output.Write(source.Frames ?? -1);
            output.Flush();
            var samples = Array.Empty<float>();
            while (input.ReadInt32() is > 0 and var frames)
            {
                if (samples.Length < frames * source.Channels) samples = new float[frames * source.Channels];
                var count = source.ReadFrames(samples.AsSpan(0, frames * source.Channels));
                output.Write((byte)Answer.Frames);
                output.Write(count);
                output.Write(MemoryMarshal.AsBytes(samples.AsSpan(0, count * source.Channels)));
                output.Flush();
            }
        }
        catch (SoundFileException e)
        {
            output.Write((byte)Answer.Reason);
            output.Write(e.Message[(path.Length + 2)..]);
            output.Flush();
        }
    }
}
