namespace MlNetSer.Training;

/// <summary>
/// Patch embeddings of a frozen encoder, computed once: those that clips are scored by. A random patch is one of them (see <see cref="DownstreamMode.Linear"/>).
/// </summary>
internal sealed class EmbeddingInput(float[][][] patches, int size) : PatchInput
{
    public override int Clips => patches.Length;

    public override long[] PatchShape => [size];

    public override int PatchesOf(int clip) => patches[clip].Length;

    public override void Read(int clip, int patch, Span<float> destination) => patches[clip][patch].CopyTo(destination);

    public override void ReadRandom(int clip, StepRandom random, Span<float> destination) =>
        Read(clip, random.Below(PatchesOf(clip)), destination);
}
