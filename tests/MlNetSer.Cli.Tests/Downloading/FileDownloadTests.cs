using System.Security.Cryptography;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>Whatever a server does, a download ends with the right file or with an error and nothing under the file's name.</summary>
public sealed class FileDownloadTests : IDisposable
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(300_000);
    private static readonly byte[] Other = RandomNumberGenerator.GetBytes(300_000);

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void An_honest_server(bool isPublished, bool saysLength)
    {
        using var server = new LocalServer(r => LocalServer.Serve(r, Content) with { DeclaredLength = saysLength ? Content.Length : null });
        Gets(server, isPublished);
        Assert.Equal(Content.Length, server.BodyBytes);
        Gets(server, isPublished);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void A_connection_that_breaks_off_again_and_again_is_gone_on_with_from_where_it_was()
    {
        using var server = new LocalServer(r => LocalServer.Cut(LocalServer.Serve(r, Content), after: 40_000));
        Gets(server, isPublished: true);
        // 40,000 bytes each time and not one of them twice.
        Assert.Equal([null, 40_000, 80_000, 120_000, 160_000, 200_000, 240_000, 280_000], server.Requests.Select(r => r.From));
        Assert.Equal(Content.Length, server.BodyBytes);
        Assert.All(server.Requests.Skip(1), r => Assert.Equal("\"v1\"", r.Headers["if-range"]));
    }

    [Fact]
    public void A_download_of_an_earlier_run_is_gone_on_with()
    {
        File.WriteAllBytes(Target + ".part", Content[..200_000]);
        File.WriteAllText(Target + ".part.version", "\"v1\"");
        using var server = new LocalServer(r => LocalServer.Serve(r, Content));
        Gets(server, isPublished: false);
        Assert.Equal(100_000, server.BodyBytes);
    }

    [Fact]
    public void A_file_that_changed_meanwhile_comes_anew()
    {
        File.WriteAllBytes(Target + ".part", Other[..200_000]);
        File.WriteAllText(Target + ".part.version", "\"v0\"");
        using var server = new LocalServer(r => LocalServer.Serve(r, Content));
        Gets(server, isPublished: false);
        Assert.Equal(Content.Length, server.BodyBytes);
    }

    [Fact]
    public void A_part_of_unknown_version_is_only_used_where_a_checksum_can_tell()
    {
        using var server = new LocalServer(r => LocalServer.Serve(r, Content));
        File.WriteAllBytes(Target + ".part", Other[..200_000]);
        Gets(server, isPublished: false);
        Assert.Null(Assert.Single(server.Requests).From);

        File.Delete(Target);
        File.WriteAllBytes(Target + ".part", Content[..200_000]);
        Gets(server, isPublished: true);
        Assert.Equal(200_000, server.Requests.Last().From);
    }

    [Fact]
    public void A_spoilt_part_costs_one_more_attempt()
    {
        File.WriteAllBytes(Target + ".part", Other[..200_000]);
        using var server = new LocalServer(r => LocalServer.Serve(r, Content));
        Gets(server, isPublished: true);
        Assert.Equal([200_000, null], server.Requests.Select(r => r.From));
    }

    [Fact]
    public void A_whole_part_needs_no_byte_more()
    {
        File.WriteAllBytes(Target + ".part", Content);
        File.WriteAllText(Target + ".part.version", "\"v1\"");
        using var server = new LocalServer(r => LocalServer.Serve(r, Content));
        Gets(server, isPublished: false);
        Assert.Equal(0, server.BodyBytes);
    }

    [Fact]
    public void A_part_longer_than_the_file_comes_anew()
    {
        File.WriteAllBytes(Target + ".part", [.. Content, 1]);
        File.WriteAllText(Target + ".part.version", "\"v1\"");
        using var server = new LocalServer(r => LocalServer.Serve(r, Content));
        Gets(server, isPublished: true);
        Assert.Equal([300_001, null], server.Requests.Select(r => r.From));
    }

    [Fact]
    public void A_server_that_knows_no_ranges_starts_over()
    {
        using var server = new LocalServer(r => LocalServer.Cut(new Answer(200, Content), after: r.Number < 3 ? 50_000 : int.MaxValue));
        Gets(server, isPublished: true);
        Assert.Equal(400_000, server.BodyBytes);
    }

    [Fact]
    public void A_server_that_sends_another_part_than_was_asked_for_is_asked_for_all()
    {
        File.WriteAllBytes(Target + ".part", Content[..200_000]);
        using var server = new LocalServer(r => r.From is null
            ? new Answer(200, Content)
            : new Answer(206, Content[100_000..]).With("Content-Range", "bytes 100000-299999/300000"));
        Gets(server, isPublished: true);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(429)]
    public void A_server_that_is_busy_is_asked_again(int status)
    {
        using var server = new LocalServer(r => r.Number < 3 ? new Answer(status, []).With("Retry-After", "0") : LocalServer.Serve(r, Content));
        Gets(server, isPublished: true);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public void A_server_that_stalls_is_given_up_and_gone_on_with()
    {
        using var server = new LocalServer(r => LocalServer.Serve(r, Content) with { StallAfter = r.From == 200_000 ? null : 100_000 });
        Gets(server, isPublished: true, Quick with { StallAfter = TimeSpan.FromSeconds(1) });
        // A busy machine may make one of them stall that does not.
        Assert.Equal([null, 100_000, 200_000], server.Requests.Select(r => r.From).Distinct());
    }

    [Fact]
    public void Redirections_are_followed_also_for_the_rest()
    {
        File.WriteAllBytes(Target + ".part", Content[..200_000]);
        using var server = new LocalServer(r => r.Path == "/file.zip"
            ? new Answer(302, []).With("Location", "/elsewhere")
            : LocalServer.Serve(r, Content));
        Gets(server, isPublished: true);
        Assert.Equal(100_000, server.BodyBytes);
    }

    [Fact]
    public void Wrong_bytes_are_refused_and_not_kept()
    {
        using var server = new LocalServer(r => LocalServer.Serve(r, Other));
        Fails(server, "the MD5 is ", ", expected ");
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Wrong_bytes_that_come_piece_by_piece_are_refused_in_the_end()
    {
        using var server = new LocalServer(r => LocalServer.Cut(LocalServer.Serve(r, Other), after: 200_000));
        Fails(server, "the MD5 is ");
        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData(299_999)]
    [InlineData(300_001)]
    public void A_length_that_is_not_the_published_one_is_refused_at_once(int length)
    {
        using var server = new LocalServer(r => LocalServer.Serve(r, Content) with { DeclaredLength = length });
        Fails(server, $"is {length} bytes there, expected 300000 as published");
        Assert.Single(server.Requests);
    }

    [Fact]
    public void A_length_that_is_promised_and_never_comes_ends_after_some_attempts()
    {
        using var server = new LocalServer(r => new Answer(200, Content) { DeclaredLength = 400_000 });
        Fails(server, isPublished: false, "broke off", "4 times in a row", "What has come is kept");
    }

    [Fact]
    public void More_bytes_than_published_are_not_even_written()
    {
        using var server = new LocalServer(r => new Answer(200, [.. Content, .. Other]) { DeclaredLength = null });
        Fails(server, "sends more than 300000 bytes");
    }

    [Theory]
    [InlineData(404)]
    [InlineData(403)]
    [InlineData(301)]
    public void A_refusal_is_final(int status)
    {
        using var server = new LocalServer(_ => new Answer(status, []));
        Fails(server, $"/file.zip: answered {status} ");
        Assert.Single(server.Requests);
    }

    [Fact]
    public void A_server_that_is_never_there_is_named()
    {
        var server = new LocalServer(_ => new Answer(200, []));
        server.Dispose();
        Fails(server, "cannot be reached", "4 times in a row");
    }

    [Fact]
    public void Without_space_nothing_is_fetched()
    {
        using var server = new LocalServer(r => LocalServer.Serve(r, Content));
        Fails(server, new DownloadPolicy { FreeSpace = _ => 299_999 }, true, "needs 300.0 kB", "where 300.0 kB are free");
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    [Fact]
    public async Task Stopped_it_keeps_what_has_come()
    {
        using var server = new LocalServer(r => LocalServer.Serve(r, Content) with { StallAfter = r.Number == 1 ? 150_000 : null });
        using var stop = new CancellationTokenSource();
        var stopping = new Relay<Transfer>(t =>
        {
            if (t.Done == 150_000) stop.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new FileDownload(_http, new()).FetchAsync(File1(server, isPublished: true), Target, stopping, stop.Token));
        Assert.False(File.Exists(Target));
        Gets(server, isPublished: true);
        Assert.Equal(150_000, server.Requests.Last().From);
    }

    private string Target => _folder.File("file.zip");

    private static RemoteFile File1(LocalServer server, bool isPublished) => new("file.zip", server.Address + "/file.zip")
    {
        Bytes = isPublished ? Content.Length : null,
        Md5 = isPublished ? Md5(Content) : null,
    };

    private void Gets(LocalServer server, bool isPublished, DownloadPolicy? policy = null)
    {
        Fetch(server, policy ?? Quick, isPublished);
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal(["file.zip"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
    }

    private void Fails(LocalServer server, params string[] named) => Fails(server, isPublished: true, named);

    private void Fails(LocalServer server, bool isPublished, params string[] named) => Fails(server, Quick, isPublished, named);

    private void Fails(LocalServer server, DownloadPolicy policy, bool isPublished, params string[] named)
    {
        var failure = Assert.Throws<Failure>(() => Fetch(server, policy, isPublished));
        foreach (var text in named) Assert.Contains(text, failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
    }

    private void Fetch(LocalServer server, DownloadPolicy policy, bool isPublished) => new FileDownload(_http, policy)
        .FetchAsync(File1(server, isPublished), Target, new Relay<Transfer>(_ => { }), CancellationToken.None)
        .GetAwaiter().GetResult();

    /// <summary>Little is waited for before it tries again.</summary>
    internal static DownloadPolicy Quick { get; } = new() { Attempts = 4, FirstWait = TimeSpan.FromMilliseconds(1) };

#pragma warning disable CA5351 // As published.
    internal static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351
}
