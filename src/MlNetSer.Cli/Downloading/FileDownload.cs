using System.Net;
using System.Net.Http.Headers;

namespace MlNetSer.Cli;

/// <summary>
/// Fetches single files. A file has its name only when it is whole and its length and checksum are the published ones; what has come so
/// far is kept beside it, and the next attempt asks for the rest alone.
/// </summary>
internal sealed class FileDownload(HttpClient http, DownloadPolicy policy)
{
    /// <summary>Fetches a file, or the rest of it, or nothing if it is there.</summary>
    /// <param name="file">What and from where.</param>
    /// <param name="path">Where it will lie; its folder exists.</param>
    /// <param name="progress">Told as bytes come.</param>
    /// <param name="cancellation">Stops; what has come is kept.</param>
    /// <exception cref="Failure">It cannot be had, or is not what was published.</exception>
    public async Task FetchAsync(RemoteFile file, string path, IProgress<Transfer> progress, CancellationToken cancellation)
    {
        if (File.Exists(path)) return;
        var partial = new PartialFile(path);
        var (failures, isSecond) = (0, false);
        while (true)
        {
            var before = partial.Length;
            try
            {
                if (before == 0 || before != file.Bytes) await TransferAsync(file, path, partial, progress, cancellation);
                if (Problem(file, partial, cancellation) is not { } problem) break;
                partial.Delete();
                // What was joined may have been spoilt by an old part: once more, from the beginning.
                if (isSecond || !partial.IsJoined)
                    throw new Failure($"{file.Address}: {problem}. The file there is not the published one, or was damaged on the way.");
                isSecond = true;
            }
            catch (BrokenTransferException broken)
            {
                failures = partial.Length > before ? 1 : failures + 1;
                if (failures >= policy.Attempts)
                    throw new Failure($"{file.Address}: {broken.Message}, {failures} times in a row. What has come is kept: the same command goes on from there.");
                var wait = policy.WaitAfter(failures, broken.RetryAfter);
                var length = partial.Length;
                progress.Report(new(length, length, file.Bytes, $"{broken.Message}, again in {wait.TotalSeconds:0} s"));
                await Task.Delay(wait, cancellation);
            }
        }
        partial.Complete();
    }

    /// <summary>Fetches what is missing, or all of it where only that is to be had.</summary>
    private async Task TransferAsync(
        RemoteFile file, string path, PartialFile partial, IProgress<Transfer> progress, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, file.Address);
        var start = AskForRest(request, file, partial);
        using var response = await SendAsync(request, cancellation);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && start > 0)
        {
            if (response.Content.Headers.ContentRange?.Length == start) return;
            partial.Delete();
            throw new BrokenTransferException("does not have the part that was asked for");
        }
        RequireSuccess(response);
        var range = response.Content.Headers.ContentRange;
        var isRest = response.StatusCode == HttpStatusCode.PartialContent;
        if (isRest && (start == 0 || range?.From != start))
        {
            partial.Delete();
            throw new BrokenTransferException("answered with another part than was asked for");
        }
        if (!isRest) start = 0;
        var total = isRest ? range!.Length : response.Content.Headers.ContentLength;
        if (total is not null && file.Bytes is not null && total != file.Bytes)
            throw new Failure($"{file.Address}: is {total} bytes there, expected {file.Bytes} as published.");
        policy.RequireSpace(Path.GetDirectoryName(path)!, (total ?? file.Bytes ?? 0) - start, file.Name);
        using var output = isRest ? partial.Append() : partial.Create(VersionOf(response));
        await CopyAsync(response, output, new(start, start, total ?? file.Bytes), progress, cancellation);
    }

    private static long AskForRest(HttpRequestMessage request, RemoteFile file, PartialFile partial)
    {
        var (length, version) = (partial.Length, partial.Version);
        // Without either, nothing would tell if the rest belongs to another file.
        if (length == 0 || (version is null && file.Md5 is null)) return 0;
        request.Headers.Range = new(length, null);
        if (version is not null) request.Headers.TryAddWithoutValidation("If-Range", version);
        return length;
    }

    private static string? VersionOf(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : response.Content.Headers.LastModified?.ToString("R");

    private static void RequireSuccess(HttpResponseMessage response)
    {
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent) return;
        var status = $"answered {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
        if ((int)response.StatusCode is 408 or 425 or 429 or >= 500)
            throw new BrokenTransferException(status) { RetryAfter = Wait(response.Headers.RetryAfter) };
        throw new Failure($"{response.RequestMessage!.RequestUri}: {status}.");
    }

    private static TimeSpan? Wait(RetryConditionHeaderValue? after) =>
        after?.Delta ?? (after?.Date is { } date && date > DateTimeOffset.UtcNow ? date - DateTimeOffset.UtcNow : null);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var patience = Patience(cancellation);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Stalled();
        }
        catch (HttpRequestException e)
        {
            throw new BrokenTransferException($"cannot be reached ({Failure.OneLine(e.Message)})", e);
        }
    }

    private async Task CopyAsync(
        HttpResponseMessage response, FileStream output, Transfer transfer, IProgress<Transfer> progress, CancellationToken cancellation)
    {
        using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[1 << 17];
        progress.Report(transfer);
        while (await ReadAsync(body, buffer, cancellation) is > 0 and var count)
        {
            output.Write(buffer, 0, count);
            transfer = transfer with { Done = transfer.Done + count };
            if (transfer.Done > transfer.Total) throw new Failure($"{response.RequestMessage!.RequestUri}: sends more than {transfer.Total} bytes.");
            progress.Report(transfer);
        }
        output.Flush(flushToDisk: true);
        if (transfer.Done < transfer.Total) throw new BrokenTransferException($"broke off after {transfer.Done} of {transfer.Total} bytes");
    }

    private async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken cancellation)
    {
        using var patience = Patience(cancellation);
        try
        {
            return await body.ReadAsync(buffer, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Stalled();
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new BrokenTransferException("broke off", e);
        }
    }

    private CancellationTokenSource Patience(CancellationToken cancellation)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        source.CancelAfter(policy.StallAfter);
        return source;
    }

    private BrokenTransferException Stalled() => new($"sent nothing for {policy.StallAfter.TotalSeconds:0.#} seconds");

    private static string? Problem(RemoteFile file, PartialFile partial, CancellationToken cancellation)
    {
        if (file.Bytes is { } bytes && partial.Length != bytes) return $"{partial.Length} bytes came, expected {bytes} as published";
        if (file.Md5 is not { } md5) return null;
        var found = partial.Md5(cancellation);
        return found == md5 ? null : $"the MD5 is {found}, expected {md5} as published";
    }
}
