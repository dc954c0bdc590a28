using System.Security.Cryptography;
using MlNetSer.Audio;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>An archive embedded in parts: by whom and in whatever order, the parts are the whole.</summary>
public sealed class ShardedEmbeddingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _sounds;
    private readonly string _model;
    private readonly string _parts;

    public ShardedEmbeddingTests()
    {
        _sounds = SoundsOnDisk.Synthesise(_folder, classes: 2, clips: 8);
        SoundsOnDisk.Bad(Path.Combine(_sounds, "text.wav"));
        _model = _folder.File("tiny.onnx");
        TinyEncoder.Save(_model);
        _parts = _folder.File("parts");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Merged_parts_are_the_file_that_one_process_writes()
    {
        var whole = _folder.File("whole");
        Embed(whole, "--shard", "0/1", "--patches");
        for (var i = 0; i < 3; i++) Embed(_parts, "--shard", $"{i}/3", "--patches", "--threads", "1");
        var merged = _folder.File("merged.parquet");
        var said = InProcess.Succeeds("embed", "--merge", _parts, "--data", _sounds, "--out", merged);
        Assert.Contains("3 of 3 parts: 17 sounds, 16 embeddings of 96 numbers, 1 unreadable", said, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "part-00000-of-00001.parquet")), File.ReadAllBytes(merged));

        // Against the embedder itself, file by file.
        using var embedder = new SoundEmbedder(_model);
        var rows = PartReader.Rows(merged, default).ToArray();
        Assert.Equal(SoundFile.Find(_sounds), rows.Select(r => r.Path));
        foreach (var row in rows)
        {
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(row.Path))), row.ContentHash);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_model))), row.ModelHash);
            if (Path.GetFileName(row.Path) == "text.wav")
            {
                Assert.Equal((null, null, null, ""), (row.Seconds, row.Embedding, row.Patches, row.Label));
                Assert.Contains("text.wav", row.Error, StringComparison.Ordinal);
                continue;
            }
            Assert.Null(row.Error);
            Assert.Equal(Path.GetFileName(Path.GetDirectoryName(row.Path)), row.Label);
            var waveform = SoundFile.ReadMono(row.Path, embedder.SampleRate);
            Assert.Equal((double)waveform.Length / embedder.SampleRate, row.Seconds);
            Assert.Equal(embedder.Embed(waveform), row.Embedding);
            var moments = embedder.GetTimestampEmbeddings(waveform, 1000.0 * embedder.Info.LogMel.PatchHop * embedder.Info.LogMel.HopSize / embedder.SampleRate);
            Assert.Equal(moments.Select(m => m.Milliseconds), row.Patches!.Select(p => p.Milliseconds));
            foreach (var (expected, actual) in moments.Zip(row.Patches!)) Assert.Equal(expected.Vector, actual.Vector, (a, b) => MathF.Abs(a - b) < 1e-4f);
        }
    }

    [Fact]
    public void A_finished_part_is_left_alone_and_what_changed_is_said()
    {
        for (var i = 0; i < 3; i++) Embed(_parts, "--shard", $"{i}/3");
        var before = Stamps();
        Assert.StartsWith("Finished already", Embed(_parts, "--shard", "1/3"), StringComparison.Ordinal);
        Assert.Equal(before, Stamps());

        // One sound more concerns the part that it falls into and no other.
        SoundsOnDisk.Good(Path.Combine(_sounds, "new.wav"));
        var added = Enumerable.Range(0, 3).Single(i => new Shard(i, 3).Has("new.wav"));
        var others = Enumerable.Range(0, 3).Where(i => i != added).ToArray();
        foreach (var i in others) Assert.StartsWith("Finished already", Embed(_parts, "--shard", $"{i}/3"), StringComparison.Ordinal);
        Assert.Contains("from another list of sounds", InProcess.Fails(Arguments(_parts, "--shard", $"{added}/3")), StringComparison.Ordinal);
        var merge = InProcess.Fails("embed", "--merge", _parts, "--data", _sounds);
        Assert.Contains("missing: " + Path.Combine(_sounds, "new.wav"), merge, StringComparison.Ordinal);
        Assert.Contains("lacks 1 sounds", merge, StringComparison.Ordinal);
        // What stayed is taken over, and what has another content under the same name is not.
        var stayed = PartReader.Rows(Path.Combine(_parts, $"part-{added:00000}-of-00003.parquet"), default).Where(r => r.Embedding is not null).ToArray();
        SoundsOnDisk.Good(stayed[1].Path);
        var again = InProcess.Run(Arguments(_parts, "--shard", $"{added}/3", "--overwrite"));
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Contains($"{stayed.Length - 1} embeddings were taken over", again.Error, StringComparison.Ordinal);
        var fromScratch = _folder.File("scratch");
        Embed(fromScratch, "--shard", $"{added}/3");
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(fromScratch, $"part-{added:00000}-of-00003.parquet")),
            File.ReadAllBytes(Path.Combine(_parts, $"part-{added:00000}-of-00003.parquet")));
        InProcess.Succeeds("embed", "--merge", _parts, "--data", _sounds);

        TinyEncoder.Save(_model, name: "other");
        Assert.Contains("with another model ('tiny' ", InProcess.Fails(Arguments(_parts, "--shard", "0/3")), StringComparison.Ordinal);
        File.Delete(Path.Combine(_parts, "part-00000-of-00003.parquet"));
        Assert.Contains("with another model", InProcess.Fails(Arguments(_parts, "--shard", "0/3")), StringComparison.Ordinal);
        Embed(_parts, "--shard", "0/3", "--overwrite");
        Assert.Contains("parts of one archive need one model", InProcess.Fails("embed", "--merge", _parts), StringComparison.Ordinal);
        Assert.Contains("is one of 3 parts, and these would be 4", InProcess.Fails(Arguments(_parts, "--shard", "0/4")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_or_damaged_is_named()
    {
        Embed(_parts, "--shard", "1/4");
        var missing = InProcess.Fails("embed", "--merge", _parts);
        Assert.Contains("among the parts", InProcess.Fails("embed", "--merge", _parts, "--out", Path.Combine(_parts, "all.parquet")), StringComparison.Ordinal);
        Assert.Contains("lacks 3 of 4 parts: 0,2-3. Run them by --shard I/4, or as tasks --array=0,2-3 with --shard /4", missing, StringComparison.Ordinal);
        var part = Path.Combine(_parts, "part-00001-of-00004.parquet");
        File.WriteAllBytes(part, File.ReadAllBytes(part)[..^100]);
        Assert.Contains($"{part} is damaged", InProcess.Fails("embed", "--merge", _parts), StringComparison.Ordinal);
        Assert.Contains($"{part} is damaged", InProcess.Fails(Arguments(_parts, "--shard", "1/4")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_that_is_not_there_becomes_no_part()
    {
        // Listed while it was mounted, gone when it is read.
        var list = _folder.File("list.csv");
        File.WriteAllLines(list, ["filename,label", .. SoundFile.Find(_sounds).Select(p => $"{p},x"), .. Enumerable.Range(0, 12).Select(i => $"gone-{i}.wav,x")]);
        Assert.Contains("more than a tenth", InProcess.Fails("embed", "--model", _model, "--data", list, "--out", _parts), StringComparison.Ordinal);
        // No part of it, but what could be read need not be embedded once more.
        Assert.Equal(".part-00000-of-00001.parquet.progress", Path.GetFileName(Assert.Single(Directory.GetFiles(_parts))));
        foreach (var i in Enumerable.Range(0, 12)) SoundsOnDisk.Good(_folder.File($"gone-{i}.wav"));
        InProcess.Succeeds("embed", "--model", _model, "--data", list, "--out", _parts);
        Assert.Equal("part-00000-of-00001.parquet", Path.GetFileName(Assert.Single(Directory.GetFiles(_parts))));
    }

    [Fact]
    public void Two_processes_at_one_part_do_no_harm()
    {
        var processes = Enumerable.Range(0, 2).Select(_ => ToolProcess.Start(_folder.Path, Arguments("parts", "--shard", "0/2"))).ToArray();
        var runs = processes.Select(ToolProcess.Finish).ToArray();
        Assert.All(runs, run => Assert.True(run.ExitCode == 0, run.Error));
        Assert.Single(runs, run => run.Output.StartsWith("Finished already", StringComparison.Ordinal));
        Assert.Equal(["part-00000-of-00002.parquet"], Directory.GetFiles(_parts).Select(Path.GetFileName));
    }

    [Fact]
    public void Without_locks_the_last_of_several_writers_wins_and_leftovers_go()
    {
        Directory.CreateDirectory(_parts);
        var folder = new PartFolder(_parts);
        // What a killed process on another machine left.
        File.WriteAllText(Path.Combine(_parts, ".part-00000-of-00001.parquet.elsewhere-1.partial"), "half");
        File.WriteAllText(Path.Combine(_parts, ".part-00002-of-00003.parquet.elsewhere-1.partial"), "of another part");
        folder.Write(Shard.Whole, stream =>
        {
            File.WriteAllText(folder.PathOf(Shard.Whole), "another machine's");
            stream.Write("mine"u8);
        });
        folder.TidyUp(Shard.Whole);
        Assert.Equal("mine", File.ReadAllText(folder.PathOf(Shard.Whole)));
        Assert.Equal([".part-00002-of-00003.parquet.elsewhere-1.partial", "part-00000-of-00001.parquet"], Directory.GetFiles(_parts).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("--shard", "3/3", "expected I/N with I from 0 to N - 1, or /N")]
    [InlineData("--shard", "/0", "expected I/N with I from 0 to N - 1, or /N")]
    [InlineData("--threads", "-1", "expected at least 0")]
    public void What_makes_no_sense_is_refused(string option, string value, string why)
    {
        var run = InProcess.Run(Arguments(_parts, option, value));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("embed --data x --shard 0/2", "need --out FOLDER")]
    [InlineData("embed --data x --patches --out x.csv", "need --out FOLDER")]
    [InlineData("embed --out x", "Option '--data' is required")]
    [InlineData("embed --merge x --out x.csv", "ends in .parquet")]
    [InlineData("embed --data x --out x.docx", "a name that ends in .csv or .parquet, or a folder")]
    public void Options_that_do_not_go_together_are_refused(string arguments, string why)
    {
        var run = InProcess.Run(arguments.Split(' '));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
    }

    private string[] Arguments(string parts, params string[] more) => ["embed", "--model", _model, "--data", _sounds, "--out", parts, .. more];

    private string Embed(string parts, params string[] more) => InProcess.Succeeds(Arguments(parts, more));

    private DateTime[] Stamps() => [.. Directory.GetFiles(_parts).Order(StringComparer.Ordinal).Select(File.GetLastWriteTimeUtc)];
}
