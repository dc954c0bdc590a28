namespace MlNetSer.Training;

/// <summary>
/// Patch embeddings of a frozen encoder, computed once: those that clips are scored by. A random patch is one of them.
/// </summary>
/// <remarks>
/// The paper draws a patch anywhere in the clip, which would have each of them embedded anew in every epoch; patches here begin every half second
/// and overlap by half, so every sound of a clip is in two of them, and 200 epochs see each several times.
/// </remarks>
internal sealed class EmbeddingInput(float[][][] patches, int size) : PatchInput
{
    public override int Clips => patches.Length;

    public override long[] PatchShape => [size];

    public override int PatchesOf(int clip) => patches[clip].Length;

    public override void Read(int clip, int patch, Span<float> destination) => patches[clip][patch].CopyTo(destination);

    public override void ReadRandom(int clip, StepRandom random, Span<float> destination) =>
        Read(clip, random.Below(PatchesOf(clip)), destination);
}
