using MlNetSer.Onnx;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>Log-mel patches of cached sounds, for an encoder that is trained. A random patch begins at any frame.</summary>
/// <param name="cache">The spectrograms.</param>
/// <param name="sounds">For each clip, the parts of it in the cache: one, or several where the sound is longer than a minute.</param>
/// <param name="normalisation">What is done to the patches before they enter the encoder.</param>
/// <param name="training">The type of the patches while the encoder is trained; they are scored in float32.</param>
internal sealed class LogMelInput(LogMelCache cache, int[][] sounds, InputNormalisation normalisation, ScalarType training) : PatchInput
{
    private readonly LogMelSettings _settings = cache.Settings;

    public override int Clips => sounds.Length;

    public override long[] PatchShape => [1, _settings.PatchFrames, _settings.MelBands];

    public override int PatchesOf(int clip) => sounds[clip].Sum(PatchesIn);

    public override void Read(int clip, int patch, Span<float> destination)
    {
        foreach (var part in sounds[clip])
        {
            var patches = PatchesIn(part);
            if (patch < patches)
            {
                cache.Read(part, Math.Min(patch * _settings.PatchHop, LastStart(part)), destination);
                return;
            }
            patch -= patches;
        }
        throw new ArgumentOutOfRangeException(nameof(patch), patch, $"clip {clip} has {PatchesOf(clip)} patches");
    }

    public override void ReadRandom(int clip, StepRandom random, Span<float> destination)
    {
        var start = random.Below(sounds[clip].Sum(part => LastStart(part) + 1));
        foreach (var part in sounds[clip])
        {
            if (start <= LastStart(part))
            {
                cache.Read(part, start, destination);
                return;
            }
            start -= LastStart(part) + 1;
        }
    }

    public override Tensor Prepare(Tensor patches, bool inTraining) =>
        patches.sub(normalisation.Mean).div_(normalisation.Std).to(inTraining ? training : float32);

    private int LastStart(int part) => cache.FramesOf(part) - _settings.PatchFrames;

    private int PatchesIn(int part) => (LastStart(part) + 2 * _settings.PatchHop - 1) / _settings.PatchHop;
}
