using System.Globalization;
using System.Text;
using MlNetSer.Audio;
using MlNetSer.Onnx;
using MlNetSer.Testing;

namespace MlNetSer.Cli;

/// <summary>The paper's experiment on a tiny data set in FSDnoisy18k's layout, made of clips of ESC-10, by the built tool.</summary>
public sealed class ReproduceTests : IDisposable
{
    private const int Noisy = 5, Clean = 4, Test = 2;

    private static readonly string[] Labels = ["dog_bark", "chainsaw"];
    private static readonly string[] Small = ["--encoder", "vgg", "--epochs", "2", "--downstream-epochs", "2", "--batch", "5", "--seed", "3"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_stages_once_and_one_table()
    {
        MakeData();
        var run = Reproduce(Small);
        Assert.True(run.ExitCode == 0, run.Error);

        var table = File.ReadAllLines(_folder.File("reproduction", "results.csv")).Select(line => line.Split(',')).ToArray();
        Assert.Equal(
            [
                "kNN,,pretrained",
                "linear evaluation,train_noisy,pretrained",
                "fine-tuning,train_noisy,pretrained",
                "fine-tuning,train_noisy,from scratch",
                "linear evaluation,train_clean,pretrained",
                "fine-tuning,train_clean,pretrained",
                "fine-tuning,train_clean,from scratch",
            ],
            table.Skip(1).Select(cells => string.Join(',', cells[..3])));
        Assert.All(table.Skip(1), cells => Assert.InRange(Number(cells[3]), 0, 1));
        // Four test clips: whole quarters.
        Assert.All(table.Skip(2), cells => Assert.Equal(0, 4 * Number(cells[4]) % 1));
        var markdown = File.ReadAllText(_folder.File("reproduction", "results.md"));
        Assert.StartsWith(
            "vgg, pretrained for 2 epochs on 10 clips without labels, classifiers trained for 2 epochs, seed 3.\n"
            + "Balanced accuracy in %, on 4 test clips; of kNN the share of the 8 clean clips.\n\n| evaluation",
            markdown,
            StringComparison.Ordinal);
        Assert.StartsWith(markdown, run.Output, StringComparison.Ordinal);

        // The classifiers and the encoder are models to be used.
        var classifiers = Directory.EnumerateFiles(_folder.File("reproduction", "stages"), "*.onnx").ToArray();
        Assert.Equal(6, classifiers.Length);
        Assert.All(classifiers, classifier => Assert.Equal(Labels.Order(), SoundModelInfo.Read(classifier).Labels));
        Assert.Equal(512, SoundModelInfo.Read(_folder.File("reproduction", "encoder.onnx")).EmbeddingSize);

        OnlyWhatIsMissingIsDoneAgain();
        var other = Reproduce([.. Small, "--learning-rate", "0.01"]);
        Assert.Equal((1, ""), (other.ExitCode, other.Output));
        Assert.Contains("was started with learningRate 0.03, not 0.01", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_folder_is_named_with_the_way_to_get_the_data()
    {
        Directory.CreateDirectory(_folder.File("sounds", "x"));
        var run = ToolProcess.Run(_folder.Path, "reproduce", "fsdnoisy18k", "--data", "sounds");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            "mlnetser: sounds does not hold FSDnoisy18k: fetch it by 'mlnetser download fsdnoisy18k', or say by --data where it is.", run.Error.TrimEnd());
    }

    private void OnlyWhatIsMissingIsDoneAgain()
    {
        var results = _folder.File("reproduction", "results.csv");
        var before = File.ReadAllText(results);
        var removed = _folder.File("reproduction", "stages", "fine-tuning-train_clean-from-scratch.json");
        var (written, classifier) = (File.GetLastWriteTimeUtc(removed), File.ReadAllBytes(Path.ChangeExtension(removed, ".onnx")));
        File.Delete(removed);
        Assert.Equal(0, Reproduce(Small).ExitCode);
        var again = Directory.EnumerateFiles(_folder.File("reproduction", "stages"), "*.json").Where(f => File.GetLastWriteTimeUtc(f) > written);
        Assert.Equal(removed, Assert.Single(again));
        // The same classifier, and the same figures but for the time taken.
        Assert.Equal(classifier, File.ReadAllBytes(Path.ChangeExtension(removed, ".onnx")));
        Assert.Equal(WithoutSeconds(before), WithoutSeconds(File.ReadAllText(results)));
    }

    private static string[] WithoutSeconds(string csv) => [.. csv.Split('\n').Select(line => line[..Math.Max(0, line.LastIndexOf(','))])];

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private ToolProcess Reproduce(params string[] arguments) =>
        ToolProcess.Run(_folder.Path, ["reproduce", "fsdnoisy18k", "--data", "FSDnoisy18k", "--out", "reproduction", .. arguments]);

    private void MakeData()
    {
        var sounds = SoundTable.Read(SharedData.Require("data", "esc10", "esc10.csv"));
        var train = new StringBuilder("fname,label,aso_id,manually_verified,noisy_small\n");
        var test = new StringBuilder("fname,label\n");
        foreach (var label in Labels)
        {
            var clips = sounds.Where(s => s.Label == label).Take(Noisy + Clean + Test).ToArray();
            for (var i = 0; i < clips.Length; i++)
            {
                var (name, isTest) = ($"{label}{i}.wav", i >= Noisy + Clean);
                if (isTest) test.Append(CultureInfo.InvariantCulture, $"{name},{label}\n");
                else train.Append(CultureInfo.InvariantCulture, $"{name},{label},/m/0,{(i < Noisy ? 0 : 1)},0\n");
                var waveform = SoundFile.ReadMono(clips[i].Path, 22_050);
                WavFile.Write(
                    _folder.File("FSDnoisy18k", isTest ? "FSDnoisy18k.audio_test" : "FSDnoisy18k.audio_train", name), waveform.AsSpan(0, 2 * 22_050), 22_050);
            }
        }
        File.WriteAllText(_folder.File("FSDnoisy18k", "FSDnoisy18k.meta", "train.csv"), train.ToString());
        File.WriteAllText(_folder.File("FSDnoisy18k", "FSDnoisy18k.meta", "test.csv"), test.ToString());
    }
}
