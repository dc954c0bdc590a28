using Spectre.Console;

namespace MlNetSer.Cli;

/// <summary>Progress on a terminal: title, bar, percentage, time left, detail.</summary>
internal sealed class ProgressBar(IAnsiConsole console, string title)
{
    public T Run<T>(Func<IProgress<ProgressState>, T> work) => console.Progress()
        .AutoClear(false)
        .Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn { Width = 16 },
            new PercentageColumn(),
            new RemainingTimeColumn())
        .Start(context =>
        {
            var task = context.AddTask(Markup.Escape(title));
            return work(new Sink(task, title));
        });

    private sealed class Sink(ProgressTask task, string title) : IProgress<ProgressState>
    {
        public void Report(ProgressState value)
        {
            task.MaxValue = Math.Max(value.Total, 1e-9);
            task.Value = value.Done;
            task.Description = Markup.Escape(value.Detail.Length == 0 ? title : $"{title}  {value.Detail}");
        }
    }
}
