using System.Text.Json;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>Published data sets, given to the built tool as folders.</summary>
public sealed class PublishedDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PublishedDatasetTests() => TinyEncoder.Save(_folder.File("tiny.onnx"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ESC_50_is_evaluated_on_its_own_folds()
    {
        var table = "filename,fold,target,category,esc10,src_file,take\n";
        for (var fold = 1; fold <= 5; fold++)
        {
            foreach (var label in (string[])["dog", "rain"])
            {
                table += $"{fold}-{label}.wav,{fold},0,{label},True,1,A\n";
                SoundsOnDisk.Good(_folder.File("ESC-50-master", "audio", $"{fold}-{label}.wav"));
            }
        }
        File.WriteAllText(_folder.File("ESC-50-master", "meta", "esc50.csv"), table);
        Assert.Equal([1, 2, 3, 4, 5], FoldsOf("ESC-50-master"));
    }

    [Fact]
    public void FSDnoisy18k_is_evaluated_on_its_test_set_and_pretrained_on_without_it()
    {
        var (train, test) = ("fname,label,aso_id,manually_verified,noisy_small\n", "fname,label\n");
        for (var i = 0; i < 8; i++)
        {
            train += $"{i}.wav,{(i % 2 == 0 ? "Rain" : "Fire")},/m/0,{i / 4},0\n";
            SoundsOnDisk.Good(_folder.File("FSDnoisy18k", "FSDnoisy18k.audio_train", $"{i}.wav"));
        }
        foreach (var label in (string[])["Rain", "Fire"])
        {
            test += $"{label}.wav,{label}\n";
            SoundsOnDisk.Good(_folder.File("FSDnoisy18k", "FSDnoisy18k.audio_test", $"{label}.wav"));
        }
        File.WriteAllText(_folder.File("FSDnoisy18k", "FSDnoisy18k.meta", "train.csv"), train);
        File.WriteAllText(_folder.File("FSDnoisy18k", "FSDnoisy18k.meta", "test.csv"), test);
        Assert.Equal([0], FoldsOf("FSDnoisy18k"));
        Assert.Contains("tested on the 2 of the test set", Run("evaluate", "FSDnoisy18k").Output, StringComparison.Ordinal);
        Assert.Equal(8, SoundArguments.ReadForPretraining([Path.Combine(_folder.Path, "FSDnoisy18k")]).Count);
    }

    [Fact]
    public void FSD50K_is_embedded_with_its_lists_of_labels_and_not_evaluated()
    {
        foreach (var (part, name) in (ReadOnlySpan<(string, string)>)[("dev", "1"), ("dev", "2"), ("eval", "3")])
            SoundsOnDisk.Good(_folder.File("FSD50K", $"FSD50K.{part}_audio", $"{name}.wav"));
        File.WriteAllText(_folder.File("FSD50K", "FSD50K.ground_truth", "dev.csv"), "fname,labels,mids,split\n1,\"Rain,Water\",/m/0,train\n2,Owl,/m/1,val\n");
        File.WriteAllText(_folder.File("FSD50K", "FSD50K.ground_truth", "eval.csv"), "fname,labels,mids\n3,Rain,/m/0\n");

        var refused = Run("evaluate", "FSD50K");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("FSD50K gives each sound several labels", Assert.Single(refused.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(0, Run("embed", "FSD50K").ExitCode);
        Assert.Contains("1.wav,\"Rain,Water\",", File.ReadAllText(_folder.File("embeddings.csv")), StringComparison.Ordinal);
    }

    private ToolProcess Run(string verb, string data, params string[] more) =>
        ToolProcess.Run(_folder.Path, [verb, "--data", data, "--model", "tiny.onnx", .. more]);

    private IEnumerable<int> FoldsOf(string data)
    {
        var run = Run("evaluate", data, "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        var linear = JsonDocument.Parse(run.Output).RootElement.GetProperty("reports")[0].GetProperty("classifiers")[0];
        return linear.GetProperty("folds").EnumerateArray().Select(f => f.GetProperty("fold").GetInt32());
    }
}
