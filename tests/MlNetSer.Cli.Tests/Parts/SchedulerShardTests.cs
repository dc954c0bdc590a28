namespace MlNetSer.Cli;

/// <summary>What schedulers say about which part of the work is this process's.</summary>
public class SchedulerShardTests
{
    [Theory]
    [InlineData(null, "", "0/1")]
    [InlineData("2/5", "SLURM_ARRAY_TASK_ID=7", "2/5")]
    [InlineData(null, "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=7", "3/8")]
    [InlineData("/8", "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=5", "5/8")]
    [InlineData("/8", "JOB_COMPLETION_INDEX=0", "0/8")]
    [InlineData(null, "JOB_COMPLETION_INDEX=4 JOB_COMPLETIONS=6", "4/6")]
    public void The_part_is_the_tasks(string? option, string environment, string expected) =>
        Assert.Equal(expected, Find(option, environment).ToString());

    [Theory]
    [InlineData(null, "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=5", "2 tasks from 3 to 5")]
    [InlineData(null, "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=8", "submit --array=0-7")]
    [InlineData(null, "SLURM_ARRAY_TASK_ID=1", "SLURM_ARRAY_TASK_COUNT is not")]
    [InlineData("/8", "SLURM_ARRAY_TASK_ID=8", "SLURM_ARRAY_TASK_ID is 8, expected less than 8")]
    [InlineData(null, "JOB_COMPLETION_INDEX=4", "set JOB_COMPLETIONS")]
    [InlineData(null, "JOB_COMPLETION_INDEX=x JOB_COMPLETIONS=2", "JOB_COMPLETION_INDEX is 'x'")]
    [InlineData("/8", "", "expected I/8")]
    public void What_does_not_say_enough_is_refused(string? option, string environment, string why) =>
        Assert.Contains(why, Assert.Throws<Failure>(() => Find(option, environment)).Message, StringComparison.Ordinal);

    /// <summary>From Python: int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % count.</summary>
    [Theory]
    [InlineData("a.wav", 7, 3)]
    [InlineData("sub/ä.wav", 7, 5)]
    [InlineData("x", 1000, 876)]
    public void Names_fall_into_the_same_parts_everywhere(string name, int count, int expected) =>
        Assert.Equal([expected], Enumerable.Range(0, count).Where(i => new Shard(i, count).Has(name)));

    [Theory]
    [InlineData("1", 1)]
    [InlineData("1-2", 1, 2)]
    [InlineData("0,2-4,9", 0, 2, 3, 4, 9)]
    public void Missing_parts_are_listed_as_ranges(string expected, params int[] missing) => Assert.Equal(expected, PartMerge.Ranges(missing));

    private static Shard Find(string? option, string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        return SchedulerShard.Find(option, name => variables.GetValueOrDefault(name)).Shard;
    }
}
