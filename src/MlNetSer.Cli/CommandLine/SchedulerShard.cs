using System.CommandLine;
using System.Globalization;

namespace MlNetSer.Cli;

/// <summary>Which part of the work is this process's: what <c>--shard</c> says, or what Slurm or Kubernetes say in the environment.</summary>
internal static class SchedulerShard
{
    private const string SlurmTask = "SLURM_ARRAY_TASK_ID";
    private const string KubernetesTask = "JOB_COMPLETION_INDEX";

    /// <summary>The option <c>--shard I/N</c> or <c>--shard /N</c>.</summary>
    public static Option<string?> Option()
    {
        var option = new Option<string?>("--shard")
        {
            Description = "Only the I-th of N parts (I from 0). Without I, or without the option, the number is that of the Slurm array task "
                + "(SLURM_ARRAY_TASK_ID, SLURM_ARRAY_TASK_COUNT) or of the Kubernetes indexed job (JOB_COMPLETION_INDEX, JOB_COMPLETIONS). "
                + "[default: everything, where there is no such task]",
            HelpName = "I/N",
        };
        option.Validators.Add(result =>
        {
            var text = result.Tokens[0].Value;
            if (Shard.TryParse(text) is null && CountOf(text) is null)
                result.AddError($"--shard is '{text}', expected I/N with I from 0 to N - 1, or /N in an array of tasks");
        });
        return option;
    }

    /// <summary>The part, and where its number comes from.</summary>
    /// <exception cref="Failure">The environment does not say enough, or contradicts itself.</exception>
    public static (Shard Shard, string? Source) Find(string? option, Func<string, string?> environment)
    {
        if (Shard.TryParse(option) is { } given) return (given, null);
        var count = CountOf(option);
        var name = environment(SlurmTask) is not null ? SlurmTask : KubernetesTask;
        if (environment(name) is not { } task)
            return count is null ? (Shard.Whole, null) : throw new Failure($"--shard is '{option}', and neither {SlurmTask} nor {KubernetesTask} is set: expected I/{count}.");
        var index = Number(name, task);
        count ??= name == SlurmTask ? SlurmCount(environment) : KubernetesCount(environment);
        return index < count
            ? (new Shard(index, count.Value), name)
            : throw new Failure($"{name} is {index}, expected less than {count}, the number of parts: number the tasks from 0 on.");
    }

    private static int SlurmCount(Func<string, string?> environment)
    {
        int Variable(string name) => Number(name, environment(name) ?? throw new Failure($"{SlurmTask} is set and {name} is not: say how many parts there are by --shard /N."));
        var count = Variable("SLURM_ARRAY_TASK_COUNT");
        var (first, last) = (Variable("SLURM_ARRAY_TASK_MIN"), Variable("SLURM_ARRAY_TASK_MAX"));
        // Tasks that are submitted again, as --array=3,5, count as an array of two.
        if (first == 0 && last == count - 1) return count;
        throw new Failure(
            $"The array has {count} tasks from {first} to {last}, so their number is not that of the parts: say how many parts there are by --shard /N, or submit --array=0-{count - 1}.");
    }

    private static int KubernetesCount(Func<string, string?> environment) =>
        environment("JOB_COMPLETIONS") is { } count
            ? Number("JOB_COMPLETIONS", count)
            : throw new Failure($"{KubernetesTask} is set, and Kubernetes does not say how many there are: set JOB_COMPLETIONS to the job's completions, or say --shard /N.");

    private static int Number(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new Failure($"{name} is '{text}', expected a whole number.");

    /// <summary>N of /N, or null.</summary>
    private static int? CountOf(string? option) =>
        option is ['/', .. var n] && int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null;
}
