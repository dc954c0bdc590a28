using MlNetSer.Testing;

namespace MlNetSer.Tests;

public sealed class SoundTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sound_is_labelled_by_the_sub_folder_at_whatever_depth()
    {
        Touch("b/2.wav");
        Touch("a/deep/er/1.flac");
        Touch("0.ogg");
        Touch("a/notes.txt");
        var sounds = SoundTable.ReadFolder(_folder.Path);
        Assert.Equal(["", "a", "b"], sounds.Select(s => s.Label));
        Assert.Equal(["0.ogg", "1.flac", "2.wav"], sounds.Select(s => Path.GetFileName(s.Path)));
        Assert.All(sounds, s => Assert.Null(s.Fold));
    }

    [Fact]
    public void An_empty_folder_and_one_without_sounds_say_so()
    {
        var empty = Assert.Throws<FileNotFoundException>(() => SoundTable.ReadFolder(_folder.Path));
        Assert.Contains($"'{_folder.Path}' is empty", empty.Message, StringComparison.Ordinal);
        Touch("notes.txt");
        var silent = Assert.Throws<FileNotFoundException>(() => SoundTable.Read(_folder.Path));
        Assert.Contains($"'{_folder.Path}' holds no sound files: expected files ending in .wav", silent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_named()
    {
        var missing = Path.Combine(_folder.Path, "nowhere");
        Assert.Contains(missing, Assert.Throws<DirectoryNotFoundException>(() => SoundTable.ReadFolder(missing)).Message, StringComparison.Ordinal);
        Assert.Contains(missing, Assert.Throws<FileNotFoundException>(() => SoundTable.Read(missing)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_columns_of_a_CSV_are_found_by_their_usual_names_in_any_order()
    {
        Touch("audio/x,1.wav");
        Touch("y.wav");
        var sounds = Read("Fold,extra,Class,FNAME\n3,,\"say \"\"hi\"\"\",\"x,1.wav\"\n\n 1 ,,dog, y.wav \n");
        Assert.Equal(
            [new(_folder.File("audio", "x,1.wav"), "say \"hi\"", 3), new(_folder.File("y.wav"), "dog", 1)],
            sounds);
    }

    [Fact]
    public void Sounds_beside_the_CSV_come_before_those_in_its_audio_folder_and_a_named_folder_replaces_both()
    {
        Touch("a.wav");
        Touch("audio/a.wav");
        Touch("elsewhere/a.wav");
        var csv = Write("filename,label\na.wav,dog\n");
        Assert.Equal(_folder.File("a.wav"), SoundTable.ReadCsv(csv)[0].Path);
        Assert.Equal(_folder.File("elsewhere", "a.wav"), SoundTable.ReadCsv(csv, _folder.File("elsewhere"))[0].Path);
    }

    [Fact]
    public void A_sound_that_is_missing_keeps_its_path_but_not_when_all_are_missing()
    {
        Touch("audio/a.wav");
        var sounds = Read("filename,label\na.wav,dog\ngone.wav,cat\n");
        Assert.Equal(_folder.File("audio", "gone.wav"), sounds[1].Path);
        var none = Assert.Throws<FileNotFoundException>(() => Read("filename,label\ngone.wav,cat\n"));
        Assert.Contains("None of the 1 sounds listed", none.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("filename,label\n", "lists no sounds")]
    [InlineData("name,label\n", "no column filename, fname, file, path or slice_file_name: its header is 'name,label'")]
    [InlineData("filename,target\n", "no column category, label or class")]
    [InlineData("filename,label\na.wav,dog\na.wav\n", "line 3: 1 fields, expected 2")]
    [InlineData("filename,label\n\n,dog\n", "line 3: the column 'filename' is empty")]
    [InlineData("filename,label\na.wav,\n", "line 2: the column 'label' is empty")]
    [InlineData("filename,label,fold\na.wav,dog,one\n", "line 2: the fold is 'one', expected a whole number")]
    [InlineData("filename,label\n\"a.wav,dog\n", "line 2: a double quote is not closed")]
    public void A_CSV_that_cannot_be_used_says_where_and_why(string text, string expected)
    {
        Touch("a.wav");
        var error = Assert.Throws<InvalidDataException>(() => Read(text));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.File("sounds.csv"), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void ESC_10_comes_with_its_five_folds()
    {
        var sounds = SoundTable.Read(SharedData.Require("data", "esc10", "esc10.csv"));
        Assert.Equal(400, sounds.Count);
        Assert.All(sounds, s => Assert.True(File.Exists(s.Path)));
        Assert.Equal(Enumerable.Repeat(80, 5), sounds.CountBy(s => s.Fold!.Value).OrderBy(f => f.Key).Select(f => f.Value));
        Assert.Equal(Enumerable.Repeat(40, 10), sounds.CountBy(s => s.Label).Select(l => l.Value));
    }

    private void Touch(string relative) => File.WriteAllBytes(_folder.File(relative.Split('/')), []);

    private string Write(string csv)
    {
        var path = _folder.File("sounds.csv");
        File.WriteAllText(path, csv);
        return path;
    }

    private IReadOnlyList<LabelledSound> Read(string csv) => SoundTable.Read(Write(csv));
}
