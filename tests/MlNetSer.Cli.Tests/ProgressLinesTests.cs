namespace MlNetSer.Cli;

public class ProgressLinesTests
{
    [Fact]
    public void A_log_gets_a_line_every_ten_seconds_and_one_at_the_end()
    {
        var time = new Clock();
        var lines = new List<string>();
        var progress = new ProgressLines("Pretraining", lines.Add, time);
        for (var second = 1; second <= 40; second++)
        {
            time.Seconds = second;
            progress.Report(new(second, 40, $"loss {second}"));
        }
        progress.Report(new(40, 40));
        Assert.Equal(
            [
                "Pretraining: 25 %, 0:30 left, loss 10",
                "Pretraining: 50 %, 0:20 left, loss 20",
                "Pretraining: 75 %, 0:10 left, loss 30",
                "Pretraining: 100 %, 0:40 taken, loss 40",
            ],
            lines);
    }

    [Fact]
    public void Hours_are_written_out_and_nothing_to_do_is_done_at_once()
    {
        var time = new Clock();
        var lines = new List<string>();
        var progress = new ProgressLines("Embedding", lines.Add, time);
        time.Seconds = 3600;
        progress.Report(new(1, 3));
        new ProgressLines("Nothing", lines.Add, time).Report(new(0, 0));
        Assert.Equal(["Embedding: 33 %, 2:00:00 left", "Nothing: 100 %, 0:00 taken"], lines);
    }

    private sealed class Clock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(1000 * Seconds);
    }
}
