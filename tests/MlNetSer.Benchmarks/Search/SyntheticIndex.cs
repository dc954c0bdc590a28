using System.Globalization;
using MlNetSer.Cli;

namespace MlNetSer.Benchmarks;

/// <summary>An index of random embeddings, as large as an archive's, to measure searches on.</summary>
internal static class SyntheticIndex
{
    private const int Parts = 8;

    /// <summary>Writes parts as <c>embed</c> does, row by row; memory does not grow with their number.</summary>
    internal static int Write(string folder, int rows, int size, TextWriter output)
    {
        Directory.CreateDirectory(folder);
        // The default encoder's, so that its embeddings of real sounds can be looked up.
        var model = EncoderIdentity.HashOf(SoundModels.Default);
        var parts = new PartFolder(folder);
        for (var i = 0; i < Parts; i++)
        {
            var shard = new Shard(i, Parts);
            var numbers = Enumerable.Range(0, rows).Where(shard.Has);
            var description = new PartDescription(shard, "random", model, size, Patches: false, SoundsHash: "");
            parts.Write(shard, stream => PartWriter.Write(stream, description.Patches, numbers.Select(n => Row(n, size, model)), () => description, default));
        }
        var bytes = parts.Parts().Sum(p => new FileInfo(p.Path).Length);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows} embeddings of {size} in {Parts} parts, {bytes / 1e6:0} MB: {folder}"));
        return 0;
    }

    private static EmbeddedSound Row(int number, int size, string model)
    {
        var random = new Random(number);
        var embedding = new float[size];
        for (var i = 0; i < size; i++) embedding[i] = random.NextSingle() - 0.5f;
        return new($"synthetic/{number:00000000}.wav", "", null, model, 5, embedding, null, null);
    }
}
