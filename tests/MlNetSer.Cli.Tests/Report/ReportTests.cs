using MlNetSer.Testing;
using SkiaSharp;

namespace MlNetSer.Cli;

/// <summary>The page about a run, made by the built tool and looked at in a browser.</summary>
public sealed class ReportTests : IDisposable
{
    /// <summary>Remembers what is played, from outside the page's own script.</summary>
    private const string Listener = """
        window.played = [];
        const start = AudioBufferSourceNode.prototype.start;
        AudioBufferSourceNode.prototype.start = function (...when) {
          const samples = this.buffer.getChannelData(0);
          window.played.push({ seconds: this.buffer.duration, peak: samples.reduce((a, b) => Math.max(a, Math.abs(b)), 0) });
          this.addEventListener('ended', () => window.played.ended = true);
          return start.apply(this, when);
        };
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_labelled_report_shows_and_plays_what_it_must_without_the_network()
    {
        SoundsOnDisk.Synthesise(_folder, classes: 3, clips: 6);
        Succeeds("pretrain", "--data", "sounds", "--epochs", "3", "--batch", "6", "--monitor", "knn", "--evaluate-every", "1");
        Succeeds("report", "run", "--data", "sounds", "--clips", "15", "--out", "labelled.html");
        // Without labels the run's own sounds are found.
        Succeeds("report", "run");
        var page = File.ReadAllText(_folder.File("labelled.html"));
        Assert.InRange(page.Length, 100_000, 1_500_000);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);

        await using var browser = await Chromium.Start(_folder.File("profile"));
        await browser.Before(Listener);
        await browser.Open(_folder.File("labelled.html"), 1200, 900);
        async Task<int> Count(string selector) => (int)(await browser.Evaluate($"document.querySelectorAll('{selector}').length"))!;
        async Task<string> Text(string selector) => (string)(await browser.Evaluate($"document.querySelector('{selector}').innerText"))!;

        Assert.Equal("run", await Text("#title"));
        Assert.Contains("18 clips of sounds", await Text("#summary"), StringComparison.Ordinal);
        // Loss, accuracy, speed, learning rate.
        Assert.Equal(4, await Count("#curves path.curve"));
        Assert.Equal(3, await Count("#curves figure:first-child circle"));
        Assert.Equal(3, await Count("#classes tbody tr"));
        Assert.Equal(9, await Count("#confusion tbody td"));
        Assert.Equal(18, (int)(await browser.Evaluate(
            "[...document.querySelectorAll('#confusion td')].reduce((sum, cell) => sum + (Number(cell.innerText) || 0), 0)"))!);
        Assert.Equal(15, await Count("#points .point"));
        Assert.Equal(3, await Count("#legend button"));
        // Of each of four clips the clip itself and two views, all of them loaded.
        Assert.Equal(12, await Count("#views img"));
        Assert.True((bool)(await browser.Evaluate("[...document.querySelectorAll('#views img')].every(i => i.complete && i.naturalHeight === 96)"))!);
        Assert.Contains("learningRate", await Text("#settings"), StringComparison.Ordinal);
        // What is not the published setting is marked: epochs and batch size.
        Assert.Equal(2, await Count("#settings .changed"));
        Assert.Contains("threads", await Text("#sessions"), StringComparison.Ordinal);

        var before = (string)(await browser.Evaluate("document.querySelector('#points .point').style.transform"))!;
        await browser.Click("#methods button:nth-child(2)");
        Assert.NotEqual(before, (string)(await browser.Evaluate("document.querySelector('#points .point').style.transform"))!);
        await browser.Click("#legend button");
        Assert.Equal(10, await Count("#points .point.dim"));
        await browser.Click("#legend button");

        await browser.Until("getComputedStyle(document.querySelector('#points .point')).transform !== 'none' && !document.getAnimations().length");
        await browser.Click("#points .point:last-of-type");
        Assert.Equal(1, (int)(await browser.Evaluate("played.length"))!);
        Assert.InRange((double)(await browser.Evaluate("played[0].peak"))!, 0.8, 1);
        Assert.InRange((double)(await browser.Evaluate("played[0].seconds"))!, 0.2, 2);
        await browser.Until("played.ended === true");
        Assert.Equal(0, await Count(".point.playing"));

        await browser.Evaluate("scrollTo(0, 0)");
        using var light = SKBitmap.Decode(await browser.Screenshot());
        Assert.Equal((1200, 900), (light.Width, light.Height));
        await browser.Open(_folder.File("labelled.html"), 390, 844, dark: true);
        using var dark = SKBitmap.Decode(await browser.Screenshot());
        Assert.Equal((390, 844), (dark.Width, dark.Height));
        Assert.True(light.GetPixel(2, 2).Red > 200 && dark.GetPixel(2, 2).Red < 60, "light and dark");
        // Nothing makes a phone scroll sideways.
        Assert.Equal(390, (int)(await browser.Evaluate("document.documentElement.scrollWidth"))!);

        await browser.Open(_folder.File("run", "report.html"), 1200, 900);
        Assert.Equal(18, await Count("#points .point"));
        Assert.True((bool)(await browser.Evaluate("document.getElementById('evaluation').hidden"))!);
        Assert.Contains("--data LABELLED", await Text("#evaluation-note"), StringComparison.Ordinal);

        Assert.Empty(browser.Complaints);
        Assert.All(browser.Requests, url => Assert.True(url.StartsWith("file:", StringComparison.Ordinal) || url.StartsWith("data:", StringComparison.Ordinal), url));
        Assert.Contains(browser.Requests, url => url.EndsWith("labelled.html", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_without_sounds_at_hand_and_a_name_that_looks_like_markup_is_shown_all_the_same()
    {
        const string Name = "<img src=x onerror=alert(1)>";
        var run = _folder.File(Name, "run.json");
        File.WriteAllText(run, """{"format":2,"settings":{"epochs":2},"data":{"description":"</script><b>synth","clips":4,"fingerprint":"none"},"logMel":{},"normalisation":{"mean":-1,"std":2}}""");
        File.WriteAllText(_folder.File(Name, "curve.csv"), "epoch,loss,learning_rate,patches_per_second,accuracy\n1,2.5,0.03,10,0.5\n");

        var facts = new ReportFacts(_folder.File(Name));

        Assert.Equal(("2.500", "from 2.500"), (facts.Figures().Single(f => f.Name == "loss").Value, facts.Figures().Single(f => f.Name == "loss").Note));
        Assert.Contains(facts.Figures(), f => f is { Name: "epochs", Value: "1", Note: "of 2" });
        // Two views of four clips at ten patches a second.
        Assert.Contains(facts.Figures(), f => f is { Name: "training time", Value: "0.8 s" });
        Assert.Equal(["epochs"], facts.Settings().Where(s => s.IsChanged).Select(s => s.Name));
        Succeeds("report", Name, "--out", "r.html");
        var page = File.ReadAllText(_folder.File("r.html"));
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.DoesNotContain("</script><b>", page, StringComparison.Ordinal);
    }

    private void Succeeds(params string[] arguments)
    {
        var run = ToolProcess.Run(_folder.Path, arguments);
        Assert.True(run.ExitCode == 0, run.Error);
    }
}
