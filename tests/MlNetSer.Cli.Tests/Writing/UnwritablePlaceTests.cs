using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>
/// Where files cannot be written, every verb says so in one line that names the file, leaves the previous file as it was and nothing beside it.
/// </summary>
public sealed class UnwritablePlaceTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    private static readonly string[] s_files =
    [
        "e.csv", "e.parquet", "merged.parquet", "p.csv", "events.csv", "day.txt", "day.png", "similar.csv", "encoder.onnx", "small.onnx", "classifier.onnx", "report.html", "views.png",
    ];

    [Fact]
    public void A_full_disk_a_read_only_disk_and_another_writer_leave_the_previous_files_whole()
    {
        using var disk = new SmallDisk(1024);
        foreach (var file in s_files) File.WriteAllText(disk.File(file), $"the previous {file}");

        disk.FillUp();
        AllFail(disk, "No space left on device");
        PartFails(disk, "No space left on device");

        disk.MakeRoom();
        var others = s_files.Select(f => new FileStream(disk.File(f) + ".partial", FileMode.CreateNew, FileAccess.Write, FileShare.None)).ToList();
        AllFail(disk, "used by another process");
        others.ForEach(o => o.Dispose());
        foreach (var file in s_files) File.Delete(disk.File(file) + ".partial");

        disk.MakeReadOnly();
        AllFail(disk, "Read-only file system");
        PartFails(disk, "Read-only file system");
    }

    [Fact]
    public void A_folder_without_permission_and_one_that_is_not_there()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "NOT RUN: needs a folder that not even root may write to.");
        foreach (var (file, command) in Commands("/sys"))
            Assert.Equal($"mlnetser: {file} cannot be written: Access to the path '{file}' is denied.", Line(InProcess.Fails(command)));
        foreach (var (file, command) in Commands(finished.Path("gone")))
            Assert.Equal($"mlnetser: {file} cannot be written: there is no folder '{finished.Path("gone")}'.", Line(InProcess.Fails(command)));
    }

    [Fact]
    public void A_run_on_a_full_disk_keeps_its_checkpoint_and_goes_on_when_there_is_room()
    {
        var cache = new FileInfo(Directory.GetFiles(finished.Path("run/cache"), "*.logmel").Single());
        var checkpoint = new FileInfo(finished.Path("run/checkpoint.safetensors"));
        using var disk = new SmallDisk((int)(cache.Length / 2 / 1024));
        var run = disk.File("run");
        string Fails()
        {
            var process = ToolProcess.Run(disk.Path, finished.Pretrain(run));
            Assert.Equal(1, process.ExitCode);
            return Line(process.Error);
        }

        Assert.Matches("^mlnetser: .*/run/cache/[0-9a-f]{16}.logmel cannot be written: No space left on device", Fails());
        Assert.DoesNotContain(disk.Listing(), f => f.EndsWith(".partial", StringComparison.Ordinal) || f.EndsWith(".logmel", StringComparison.Ordinal));

        // One checkpoint fits, but not another one beside it.
        disk.Resize((int)((cache.Length + (1.5 * checkpoint.Length)) / 1024));
        var why = Fails();
        Assert.StartsWith($"mlnetser: {run}/checkpoint.safetensors cannot be written: No space left on device", why, StringComparison.Ordinal);
        Assert.DoesNotContain(disk.Listing(), f => f.EndsWith(".partial", StringComparison.Ordinal));
        Assert.True(File.Exists(disk.File("run/checkpoint.safetensors")));

        disk.Resize(64 * 1024);
        var resumed = ToolProcess.Run(disk.Path, finished.Pretrain(run));
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Equal(File.ReadAllBytes(checkpoint.FullName), File.ReadAllBytes(disk.File("run/checkpoint.safetensors")));
    }

    private void AllFail(SmallDisk disk, string why)
    {
        var before = disk.Listing();
        foreach (var (file, command) in Commands(disk.Path))
        {
            var line = Line(InProcess.Fails(command));
            Assert.StartsWith($"mlnetser: {file} cannot be written: ", line, StringComparison.Ordinal);
            Assert.Contains(why, line, StringComparison.Ordinal);
            Assert.DoesNotContain(".partial", line, StringComparison.Ordinal);
            Assert.Equal($"the previous {Path.GetFileName(file)}", File.ReadAllText(file));
        }
        Assert.Equal(before, disk.Listing());
    }

    private void PartFails(SmallDisk disk, string why)
    {
        // The folder itself stays.
        var before = disk.Listing().Append("parts").Distinct().Order(StringComparer.Ordinal);
        var line = Line(InProcess.Fails("embed", "--model", finished.Path("tiny.onnx"), "--data", finished.Path("sounds"), "--out", disk.File("parts"), "--quiet"));
        Assert.Contains(disk.File("parts"), line, StringComparison.Ordinal);
        Assert.Contains(why, line, StringComparison.Ordinal);
        Assert.DoesNotContain(".partial", line, StringComparison.Ordinal);
        Assert.Equal(before, disk.Listing());
    }

    private IEnumerable<(string File, string[] Command)> Commands(string folder)
    {
        string[] sounds = ["--data", finished.Path("sounds")], tiny = ["--model", finished.Path("tiny.onnx")];
        string[] classifier = ["--model", finished.Path("tiny-classifier.onnx")];
        var sound = Directory.GetFiles(finished.Path("sounds"), "*.wav", SearchOption.AllDirectories)[0];
        return s_files.Select(name => (Path.Combine(folder, name), (string[])
        [
            .. name switch
            {
                "e.csv" or "e.parquet" => (string[])["embed", .. tiny, .. sounds],
                "merged.parquet" => ["embed", "--merge", Parts()],
                "p.csv" => ["predict", .. classifier, .. sounds],
                "events.csv" => ["predict", "--timeline", .. classifier, .. sounds],
                "day.txt" or "day.png" => ["predict", "--timeline", .. classifier, sound],
                "similar.csv" => ["similar", .. tiny, "--index", Parts(), "--query", sound],
                "encoder.onnx" => ["export", finished.Path("run")],
                "small.onnx" => ["export", finished.Path("run"), "--weights", "int8"],
                "classifier.onnx" => ["finetune", "--from", finished.Path("tiny.onnx"), "--linear", "--epochs", "1", "--cache", finished.Path("cache"), .. Labelled()],
                "report.html" => ["report", finished.Path("run"), "--clips", "3"],
                "views.png" => ["views", sound],
                _ => throw new ArgumentException(name),
            },
            name switch { "day.txt" => "--audacity", "day.png" => "--png", _ => "--out" }, Path.Combine(folder, name), "--quiet",
        ]));
    }

    private string Parts()
    {
        var parts = finished.Path("parts");
        if (!Directory.Exists(parts)) InProcess.Succeeds("embed", "--model", finished.Path("tiny.onnx"), "--data", finished.Path("sounds"), "--out", parts);
        return parts;
    }

    private string[] Labelled()
    {
        var list = finished.Path("labelled.csv");
        if (!File.Exists(list))
        {
            var sounds = Directory.GetFiles(finished.Path("sounds"), "*.wav", SearchOption.AllDirectories);
            File.WriteAllLines(list, ["filename,category", .. sounds.Select((s, i) => $"{s},{i % 2}")]);
        }
        return ["--data", list];
    }

    private static string Line(string error) => Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
}
