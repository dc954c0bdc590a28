using System.Text;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>Whole data sets from a local server: there is the right folder in the end, or none.</summary>
public sealed class DatasetDownloadTests : IDisposable
{
    private const string Header = "filename,fold,target,category,esc10,src_file,take\n";

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _http.Dispose();
        _error.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void ESC_50_and_ESC_10_come_from_the_same_archive()
    {
        using var server = new LocalServer(r => LocalServer.Serve(r, Esc50()));
        Assert.Equal(0, Download(Esc("esc50", server, sounds: 3)));
        Assert.Equal(["dog", "rain", "owl"], SoundTable.Read(_folder.File("ESC-50")).Select(s => s.Label));
        Assert.Equal(["dog", "rain"], SoundTable.Read(_folder.File("ESC-50", "meta", "esc10.csv")).Select(s => s.Label));

        Assert.Equal(0, Download(Esc("esc10", server, sounds: 2)));
        Assert.Equal("ESC-10", SoundDataset.TryRead(_folder.File("ESC-10"))!.Name);
        Assert.Equal(["1-1-A-0.wav", "2-2-A-10.wav"], Directory.EnumerateFiles(_folder.File("ESC-10", "audio")).Select(Path.GetFileName).Order());
        Assert.Equal(["ESC-10", "ESC-50"], Left());
    }

    [Fact]
    public void What_is_there_is_not_fetched_again_and_what_is_in_the_way_is_not_touched()
    {
        using var server = new LocalServer(r => LocalServer.Serve(r, Esc50()));
        Download(Esc("esc50", server, sounds: 3));
        Download(Esc("esc50", server, sounds: 3));
        Assert.Single(server.Requests);
        File.Delete(_folder.File("ESC-50", "audio", "3-3-A-3.wav"));
        var failure = Assert.Throws<Failure>(() => Download(Esc("esc50", server, sounds: 3)));
        Assert.Contains("ESC-50 is there, but 1 of 3 sounds are missing", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void FSDnoisy18k_comes_in_three_archives_and_goes_on_after_the_ones_that_are_done()
    {
        var isDown = true;
        using var server = new LocalServer(r => r.Path.Contains("audio_train", StringComparison.Ordinal) && isDown
            ? new Answer(404, [])
            : LocalServer.Serve(r, FsdNoisy18kPart(r.Path)));
        var source = At(server, "fsdnoisy18k", sounds: 3, FsdNoisy18kPart);
        Assert.Throws<Failure>(() => Download(source));
        Assert.Equal(["FSDnoisy18k.partial"], Left());

        isDown = false;
        Assert.Equal(0, Download(source));
        Assert.Equal(["FSDnoisy18k"], Left());
        Assert.Equal(4, server.Requests.Count);
        var data = FsdNoisy18k.Read(_folder.File("FSDnoisy18k"));
        Assert.Equal((1, 1, 1), (data.TrainNoisy.Count, data.TrainClean.Count, data.Test.Count));
    }

    [Fact]
    public void FSD50K_comes_in_volumes()
    {
        var dev = Archives.Split(Archives.Zip(("FSD50K.dev_audio/1.wav", new byte[5001]), ("FSD50K.dev_audio/2.wav", new byte[3001])), 2_000);
        var eval = Archives.Split(Archives.Zip(("FSD50K.eval_audio/3.wav", new byte[2001])), 1_500);
        Assert.Equal((5, 2), (dev.Count, eval.Count));
        byte[] Part(string path) => path switch
        {
            _ when path.Contains("ground_truth", StringComparison.Ordinal) => Archives.Zip(
                ("FSD50K.ground_truth/dev.csv", Text("fname,labels,mids,split\n1,\"Rain,Water\",/m/0,train\n2,Owl,/m/1,val\n")),
                ("FSD50K.ground_truth/eval.csv", Text("fname,labels,mids\n3,Rain,/m/0\n"))),
            _ when path.Contains("metadata", StringComparison.Ordinal) => Archives.Zip(("FSD50K.metadata/x.json", Text("{}"))),
            _ => (path.Contains("dev_audio", StringComparison.Ordinal) ? dev : eval) is var volumes && path.EndsWith(".zip", StringComparison.Ordinal)
                ? volumes[^1]
                : volumes[path[^1] - '1'],
        };
        using var server = new LocalServer(r => LocalServer.Serve(r, Part(r.Path)));
        var source = At(server, "fsd50k", sounds: 3, Part);
        // Its development set has one volume more than this one.
        source = source with { Archives = [.. source.Archives.Select(a => a with { Volumes = [.. a.Volumes.Where(v => !v.Name.EndsWith("z05", StringComparison.Ordinal))] })] };

        Assert.Equal(0, Download(source));
        Assert.Equal([5001, 3001, 2001], SoundTable.Read(_folder.File("FSD50K")).Select(s => new FileInfo(s.Path).Length));
        Assert.Equal(["FSD50K"], Left());
    }

    [Fact]
    public void UrbanSound8K_is_a_tar_archive()
    {
        var archive = Archives.TarGz(
            ("UrbanSound8K/", []),
            ("UrbanSound8K/metadata/UrbanSound8K.csv", Text("slice_file_name,fold,class\n1-3-0-0.wav,5,dog_bark\n")),
            ("UrbanSound8K/audio/fold5/1-3-0-0.wav", new byte[100]));
        using var server = new LocalServer(r => LocalServer.Serve(r, archive));
        Assert.Equal(0, Download(At(server, "urbansound8k", sounds: 1, _ => archive)));
        Assert.Equal(5, Assert.Single(SoundTable.Read(_folder.File("UrbanSound8K"))).Fold);
    }

    [Fact]
    public void An_archive_without_checksum_that_is_none_is_fetched_anew_the_next_time()
    {
        using var server = new LocalServer(r => r.Number == 1 ? new Answer(200, Text("<html>Please log in</html>")) : LocalServer.Serve(r, Esc50()));
        Assert.Throws<InvalidDataException>(() => Download(Esc("esc50", server, sounds: 3)));
        Assert.Equal(["ESC-50.partial"], Left());
        Assert.Equal(0, Download(Esc("esc50", server, sounds: 3)));
        Assert.Equal(["ESC-50"], Left());
    }

    [Fact]
    public void Another_number_of_sounds_than_published_is_refused()
    {
        using var server = new LocalServer(r => LocalServer.Serve(r, Esc50()));
        var failure = Assert.Throws<Failure>(() => Download(Esc("esc50", server, sounds: 2000)));
        Assert.Contains("3 sounds are listed in it, expected 2000", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "ESC-50")));
    }

    [Fact]
    public void Space_is_asked_for_before_the_first_byte()
    {
        using var server = new LocalServer(r => LocalServer.Serve(r, Esc50()));
        var failure = Assert.Throws<Failure>(() => Download(Esc("esc50", server, sounds: 3) with { UnpackedBytes = long.MaxValue / 2 }));
        Assert.Contains("ESC-50 needs ", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Two_downloads_of_the_same_at_once_are_one_too_many()
    {
        using var server = new LocalServer(r => LocalServer.Serve(r, Esc50()));
        using var held = new FileStream(_folder.File("ESC-50.partial", "lock"), FileMode.Create, FileAccess.Write, FileShare.None);
        Assert.Contains("in use by another download", Assert.Throws<Failure>(() => Download(Esc("esc50", server, sounds: 3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopped_it_says_how_to_go_on_and_goes_on()
    {
        using var server = new LocalServer(r => LocalServer.Serve(r, Esc50()) with { StallAfter = r.Number == 1 ? 100 : null });
        using var stop = new CancellationTokenSource();
        var source = Esc("esc50", server, sounds: 3);
        var download = Task.Run(() => Download(source, FileDownloadTests.Quick, stop.Token), TestContext.Current.CancellationToken);
        while (server.BodyBytes < 100) await Task.Delay(10, TestContext.Current.CancellationToken);
        // The bytes are sent, and nothing tells when they have come.
        stop.CancelAfter(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => download);
        Assert.Contains("Go on with: mlnetser download esc50 --to", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, Download(source));
        Assert.Equal(100, server.Requests.Last().From);
    }

    [Fact]
    public void The_list_names_every_data_set_its_licence_and_what_to_cite()
    {
        var run = ToolProcess.Run(_folder.Path, "download");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        foreach (var source in DatasetSources.All)
            foreach (var fact in (string[])[source.Key, source.Name, source.Licence, source.Citation, source.Home])
                Assert.Contains(fact, run.Output, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), line => Assert.True(line.Length <= 140, line));
        Assert.Equal(SoundDataset.Names.Order(), DatasetSources.All.Select(s => s.Name).Order());
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Esc50() => Archives.Zip(
        ("ESC-50-master/meta/esc50.csv", Text(Header
            + "1-1-A-0.wav,1,0,dog,True,1,A\n2-2-A-10.wav,2,10,rain,True,2,A\n3-3-A-3.wav,3,3,owl,False,3,A\n")),
        ("ESC-50-master/audio/1-1-A-0.wav", new byte[50]),
        ("ESC-50-master/audio/2-2-A-10.wav", new byte[51]),
        ("ESC-50-master/audio/3-3-A-3.wav", new byte[52]));

    private static byte[] FsdNoisy18kPart(string path) => path switch
    {
        _ when path.Contains(".meta", StringComparison.Ordinal) => Archives.Zip(
            ("FSDnoisy18k.meta/train.csv", Text("fname,label,aso_id,manually_verified,noisy_small\n1.wav,Rain,/m/0,0,0\n2.wav,Rain,/m/0,1,0\n")),
            ("FSDnoisy18k.meta/test.csv", Text("fname,label\n3.wav,Rain\n"))),
        _ when path.Contains("audio_test", StringComparison.Ordinal) => Archives.Zip(("FSDnoisy18k.audio_test/3.wav", new byte[10])),
        _ => Archives.Zip(("FSDnoisy18k.audio_train/1.wav", new byte[11]), ("FSDnoisy18k.audio_train/2.wav", new byte[12])),
    };

    private static DatasetSource Esc(string key, LocalServer server, int sounds) =>
        At(server, key, sounds, _ => null);

    /// <summary>The data set as the tool knows it, but on this server and with the lengths and checksums of what is there.</summary>
    private static DatasetSource At(LocalServer server, string key, int sounds, Func<string, byte[]?> content)
    {
        var real = DatasetSources.All.Single(s => s.Key == key);
        return real with { Sounds = sounds, UnpackedBytes = 1000, FetchedBytes = 1000, Archives = [.. real.Archives.Select(Here)] };

        ArchiveSource Here(ArchiveSource archive) => new(archive.TopFolder, [.. archive.Volumes.Select(file => content(file.Name) is { } bytes
            ? file with { Address = $"{server.Address}/{file.Name}", Bytes = bytes.Length, Md5 = FileDownloadTests.Md5(bytes) }
            : file with { Address = $"{server.Address}/{file.Name}" })]);
    }

    private int Download(DatasetSource source) => Download(source, FileDownloadTests.Quick, CancellationToken.None);

    private int Download(DatasetSource source, DownloadPolicy policy, CancellationToken cancellation)
    {
        using var output = new StringWriter();
        return DownloadVerb.Run(new(source, _folder.Path, _http, policy), new(output, null, _error, null), cancellation);
    }

    private IEnumerable<string> Left() => Directory.EnumerateFileSystemEntries(_folder.Path).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal);
}
