using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MlNetSer.Cli;

/// <summary>What a client asked for.</summary>
internal sealed record Request(string Path, IReadOnlyDictionary<string, string> Headers, int Number)
{
    /// <summary>The first byte that is asked for; null where all are.</summary>
    public int? From => Headers.TryGetValue("range", out var range)
        ? int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
        : null;
}

/// <summary>What the server does about it, be it honest or not.</summary>
internal sealed record Answer(int Status, byte[] Body)
{
    public List<(string Name, string Value)> Headers { get; } = [];

    /// <summary>What it says the length is; null leaves it out, and the end of the connection is the end.</summary>
    public long? DeclaredLength { get; init; } = Body.Length;

    /// <summary>Nothing comes after so many bytes, and the connection stays open.</summary>
    public int? StallAfter { get; init; }

    public Answer With(string name, string value)
    {
        Headers.Add((name, value));
        return this;
    }
}

/// <summary>An HTTP server on this machine, one answer per connection, that counts what it sends.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Request, Answer> _answer;
    private long _bodyBytes;

    public LocalServer(Func<Request, Answer> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public ConcurrentQueue<Request> Requests { get; } = new();

    /// <summary>Bytes of bodies sent so far.</summary>
    public long BodyBytes => Interlocked.Read(ref _bodyBytes);

    /// <summary>An honest answer: the file, or the part that is asked for if its version is still the same.</summary>
    public static Answer Serve(Request request, byte[] file, string version = "\"v1\"")
    {
        var isSame = !request.Headers.TryGetValue("if-range", out var wanted) || wanted == version;
        if (request.From is not { } from || !isSame) return new Answer(200, file).With("ETag", version);
        return from < file.Length
            ? new Answer(206, file[from..]).With("ETag", version).With("Content-Range", $"bytes {from}-{file.Length - 1}/{file.Length}")
            : new Answer(416, []).With("Content-Range", $"bytes */{file.Length}");
    }

    /// <summary>The same answer, but the connection breaks off after so many bytes of the body.</summary>
    public static Answer Cut(Answer answer, int after) => answer with { Body = answer.Body[..Math.Min(after, answer.Body.Length)] };

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            _ = HandleAsync(client);
        }
    }

    private async Task HandleAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            var path = (await reader.ReadLineAsync(_stop.Token))!.Split(' ')[1];
            var headers = new Dictionary<string, string>();
            while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
                headers[line.Split(':')[0].ToLowerInvariant()] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            var request = new Request(path, headers, Requests.Count + 1);
            Requests.Enqueue(request);
            await WriteAsync(stream, _answer(request));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The client went away, or the test is over.
        }
    }

    private async Task WriteAsync(NetworkStream stream, Answer answer)
    {
        var head = new StringBuilder($"HTTP/1.1 {answer.Status} {(HttpStatusCode)answer.Status}\r\nConnection: close\r\n");
        foreach (var (name, value) in answer.Headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (answer.DeclaredLength is { } length) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _stop.Token);
        var body = answer.Body.AsMemory(0, Math.Min(answer.Body.Length, answer.StallAfter ?? int.MaxValue));
        // Before they are sent: a client that has them may look at once.
        Interlocked.Add(ref _bodyBytes, body.Length);
        await stream.WriteAsync(body, _stop.Token);
        if (answer.StallAfter is not null) await Task.Delay(Timeout.Infinite, _stop.Token);
    }
}
