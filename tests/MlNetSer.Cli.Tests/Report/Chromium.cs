using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlNetSer.Cli;

/// <summary>Headless Chromium with one page, spoken to by its DevTools protocol: opens a file and reports everything that the page asks for or complains of.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly List<JsonNode> _events = [];
    private int _calls;

    private Chromium(Process process) => _process = process;

    /// <summary>Addresses that pages asked for.</summary>
    public IEnumerable<string> Requests =>
        _events.Where(e => (string?)e["method"] == "Network.requestWillBeSent").Select(e => (string)e["params"]!["request"]!["url"]!);

    /// <summary>Exceptions of scripts, and what was written to the console or the browser's log.</summary>
    public IEnumerable<string> Complaints => _events
        .Where(e => (string?)e["method"] is "Runtime.exceptionThrown" or "Runtime.consoleAPICalled" or "Log.entryAdded")
        .Select(e => e["params"]!.ToJsonString());

    /// <summary>Starts it. The test is reported as skipped where it is not installed.</summary>
    public static async Task<Chromium> Start(string profile)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var program = folders.SelectMany(folder => new[] { "chromium", "google-chrome" }.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        Assert.SkipUnless(program is not null, "NOT RUN: needs Chromium. Install it (apt-get install chromium).");
        var start = new ProcessStartInfo(program!,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars", "--no-proxy-server",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank",
        ])
        { RedirectStandardError = true };
        var browser = new Chromium(Process.Start(start)!);
        _ = browser._process.StandardError.ReadToEndAsync();
        var address = Path.Combine(profile, "DevToolsActivePort");
        var waited = Stopwatch.StartNew();
        while (!File.Exists(address) || File.ReadAllLines(address) is not { Length: 2 }) await Wait(waited, "start");
        using var http = new HttpClient();
        var pages = JsonNode.Parse(await http.GetStringAsync($"http://127.0.0.1:{File.ReadAllLines(address)[0]}/json/list"))!.AsArray();
        var page = pages.First(p => (string?)p!["type"] == "page")!;
        await browser._socket.ConnectAsync(new Uri((string)page["webSocketDebuggerUrl"]!), CancellationToken.None);
        foreach (var domain in (string[])["Runtime", "Log", "Network", "Page"]) await browser.Call($"{domain}.enable");
        return browser;
    }

    /// <summary>Opens a file and waits until all of it is loaded.</summary>
    public async Task Open(string path, int width, int height, bool dark = false)
    {
        await Call("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        await Call("Emulation.setEmulatedMedia", new()
        {
            ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }),
        });
        await Call("Page.navigate", new() { ["url"] = new Uri(path).AbsoluteUri });
        await Until("document.readyState === 'complete' && location.protocol === 'file:'");
    }

    /// <summary>Runs a script on every page that is opened from now on, before its own.</summary>
    public Task Before(string script) => Call("Page.addScriptToEvaluateOnNewDocument", new() { ["source"] = script });

    /// <summary>The value of an expression on the page.</summary>
    public async Task<JsonNode?> Evaluate(string expression)
    {
        var result = await Call("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.True(result["exceptionDetails"] is null, result.ToJsonString());
        return result["result"]!["value"];
    }

    public async Task Until(string condition)
    {
        var waited = Stopwatch.StartNew();
        while ((bool?)await Evaluate(condition) != true) await Wait(waited, condition);
    }

    /// <summary>Clicks as a user does, on the middle of the first element that a selector names.</summary>
    public async Task Click(string selector)
    {
        var place = (await Evaluate(
            $"(() => {{ const e = document.querySelector({JsonSerializer.Serialize(selector)}); e.scrollIntoView({{ block: 'center' }}); "
            + "const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()"))!;
        foreach (var type in (string[])["mouseMoved", "mousePressed", "mouseReleased"])
        {
            await Call("Input.dispatchMouseEvent", new()
            {
                ["type"] = type,
                ["x"] = (double)place[0]!,
                ["y"] = (double)place[1]!,
                ["button"] = type == "mouseMoved" ? "none" : "left",
                ["clickCount"] = 1,
            });
        }
    }

    /// <summary>What the page looks like from its top, as PNG.</summary>
    public async Task<byte[]> Screenshot() => Convert.FromBase64String((string)(await Call("Page.captureScreenshot"))["data"]!);

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task Wait(Stopwatch waited, string what)
    {
        Assert.True(waited.Elapsed < Patience, $"Chromium: {what} did not come in {Patience}");
        await Task.Delay(20);
    }

    private async Task<JsonNode> Call(string method, JsonObject? parameters = null)
    {
        var id = ++_calls;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        using var late = new CancellationTokenSource(Patience);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, late.Token);
        while (true)
        {
            var answer = await Receive(late.Token);
            if ((int?)answer["id"] != id)
            {
                _events.Add(answer);
                continue;
            }
            Assert.True(answer["error"] is null, $"{method}: {answer["error"]?.ToJsonString()}");
            return answer["result"]!;
        }
    }

    private async Task<JsonNode> Receive(CancellationToken late)
    {
        using var message = new MemoryStream();
        var part = new byte[1 << 16];
        WebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(part, late);
            message.Write(part, 0, received.Count);
        }
        while (!received.EndOfMessage);
        return JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length))!;
    }
}
