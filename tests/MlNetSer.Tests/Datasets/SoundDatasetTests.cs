namespace MlNetSer.Tests;

public class SoundDatasetTests
{
    [Theory]
    [InlineData("esc50.csv", "ESC-50")]
    [InlineData("esc10.csv", "ESC-10")]
    public void ESC_comes_with_its_folds_and_says_which_it_is(string table, string name)
    {
        using var disk = DatasetOnDisk.Esc50(table);
        var data = SoundDataset.TryRead(disk.Path)!;
        Assert.Equal(name, data.Name);
        Assert.Equal(
            [new(disk.File("audio", "1-100032-A-0.wav"), "dog", 1), new(disk.File("audio", "5-100038-A-14.wav"), "chirping_birds", 5)],
            data.Sounds);
        Assert.Equal(data.Sounds, SoundTable.Read(disk.Path));
        // The table itself does as well as the folder.
        Assert.Equal(data.Sounds, SoundTable.Read(disk.File("meta", table)));
    }

    [Fact]
    public void UrbanSound8K_lies_in_its_folds()
    {
        using var disk = DatasetOnDisk.UrbanSound8K();
        Assert.Equal("UrbanSound8K", SoundDataset.TryRead(disk.Path)!.Name);
        Assert.Equal(
            [
                new(disk.File("audio", "fold5", "100032-3-0-0.wav"), "dog_bark", 5),
                new(disk.File("audio", "fold10", "99812-1-2-0.wav"), "car_horn", 10),
            ],
            SoundTable.Read(disk.Path));
    }

    [Fact]
    public void FSD50K_has_lists_of_labels_and_a_test_set()
    {
        using var disk = DatasetOnDisk.Fsd50K();
        var sounds = SoundTable.Read(disk.Path);
        Assert.Equal(["Electric_guitar,Guitar,Music", "Rain", "Bark,Dog"], sounds.Select(s => s.Label));
        Assert.Equal([false, false, true], sounds.Select(s => s.IsTest));
        Assert.All(sounds, s => Assert.True(s.IsMultiLabel && File.Exists(s.Path)));
    }

    [Fact]
    public void FSDnoisy18k_has_three_parts()
    {
        using var disk = DatasetOnDisk.FsdNoisy18k(("Rain", 3, 2), ("Wind", 1, 4));
        var data = FsdNoisy18k.Read(disk.Path);
        Assert.Equal((4, 6, 4), (data.TrainNoisy.Count, data.TrainClean.Count, data.Test.Count));
        Assert.Equal(["Rain2.wav", "Wind0.wav"], data.TrainNoisy.Skip(2).Select(s => Path.GetFileName(s.Path)));
        Assert.Equal(disk.File("FSDnoisy18k.audio_train", "Rain3.wav"), data.TrainClean[0].Path);
        Assert.Equal(disk.File("FSDnoisy18k.audio_test", "Wind-t1.wav"), data.Test[3].Path);
        Assert.All(data.Test, s => Assert.True(s.IsTest));
        Assert.Equal(14, SoundTable.Read(disk.Path).Count);

        var noisy = data.NoisyTask();
        Assert.Equal((data.TrainNoisy, data.TrainClean, data.Test), (noisy.Train, noisy.Validation, noisy.Test));
    }

    [Fact]
    public void The_clean_task_holds_15_per_cent_of_every_label_out_whatever_the_order_and_the_place()
    {
        (string, int, int)[] labels = [("Rain", 1, 40), ("Wind", 1, 20), ("Fart", 1, 2), ("Slam", 1, 1)];
        using var disk = DatasetOnDisk.FsdNoisy18k(labels);
        using var shuffled = DatasetOnDisk.FsdNoisy18k([.. labels.Reverse()]);
        var task = FsdNoisy18k.Read(disk.Path).CleanTask(seed: 3);

        Assert.Equal([("Fart", 1), ("Rain", 6), ("Wind", 3)], Counts(task.Validation));
        Assert.Equal([("Fart", 1), ("Rain", 34), ("Slam", 1), ("Wind", 17)], Counts(task.Train));
        Assert.Empty(task.Train.Intersect(task.Validation));
        Assert.Equal(8, task.Test.Count);
        Assert.Equal(Names(task.Validation), Names(FsdNoisy18k.Read(shuffled.Path).CleanTask(seed: 3).Validation));
        Assert.NotEqual(Names(task.Validation), Names(FsdNoisy18k.Read(disk.Path).CleanTask(seed: 4).Validation));
    }

    [Fact]
    public void Any_other_folder_is_none_of_them()
    {
        using var disk = new DatasetOnDisk().Sounds("dog", "1.wav").Table("meta/other.csv", "filename,category\n1.wav,dog\n");
        Assert.Null(SoundDataset.TryRead(disk.Path));
        Assert.Equal("dog", Assert.Single(SoundTable.Read(disk.Path)).Label);
    }

    [Theory]
    [InlineData("filename,fold,category\nx.wav,six,dog\n", "line 2: the fold is 'six', expected a whole number from 1 to 5")]
    [InlineData("filename,fold,category\nx.wav,6,dog\n", "line 2: the fold is '6', expected a whole number from 1 to 5")]
    [InlineData("filename,fold,category\nx.wav,1,dog\n\n../y.wav,1,dog\n", "line 4: the filename is '../y.wav', expected the name of a file")]
    [InlineData("filename,fold,category\nx.wav,1,\n", "line 2: the column 'category' is empty")]
    [InlineData("filename,fold,category\nx.wav,1\n", "line 2: 2 fields, expected 3")]
    [InlineData("filename,fold\nx.wav,1\n", "no column category")]
    [InlineData("filename,fold,category\n", "lists no sounds")]
    public void A_table_that_cannot_be_used_says_where_and_why(string text, string expected)
    {
        using var disk = DatasetOnDisk.Esc50().Table("meta/esc50.csv", text).Sounds("audio", "x.wav");
        var error = Assert.Throws<InvalidDataException>(() => SoundTable.Read(disk.Path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(disk.File("meta", "esc50.csv"), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fname,label,aso_id,manually_verified\na.wav,Rain,/m/0,2\n", "line 2: the manually_verified is '2', expected a whole number from 0 to 1")]
    [InlineData("fname,label,aso_id,manually_verified\nRain0.wav,Rain,/m/0,0\n", "lists no clip with manually_verified 1")]
    [InlineData("fname,label,aso_id\nRain0.wav,Rain,/m/0\n", "no column manually_verified")]
    public void FSDnoisy18k_tables_too(string train, string expected)
    {
        using var disk = DatasetOnDisk.FsdNoisy18k(("Rain", 1, 1)).Sounds("FSDnoisy18k.audio_train", "a.wav").Table("FSDnoisy18k.meta/train.csv", train);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => FsdNoisy18k.Read(disk.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FSD50K_splits_are_known_ones()
    {
        using var disk = DatasetOnDisk.Fsd50K().Table("FSD50K.ground_truth/dev.csv", "fname,labels,mids,split\n64760,Rain,/m/0,test\n");
        var error = Assert.Throws<InvalidDataException>(() => SoundTable.Read(disk.Path));
        Assert.Contains("line 2: the split is 'test', expected train or val", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_set_without_a_table_or_without_its_sounds_says_what_is_missing()
    {
        using var disk = DatasetOnDisk.FsdNoisy18k(("Rain", 1, 1));
        File.Delete(disk.File("FSDnoisy18k.meta", "test.csv"));
        Assert.Contains("test.csv' does not exist", Assert.Throws<FileNotFoundException>(() => SoundTable.Read(disk.Path)).Message, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(disk.Path, "FSDnoisy18k.audio_train"), recursive: true);
        Assert.Contains(
            "None of the 2 sounds", Assert.Throws<FileNotFoundException>(() => SoundTable.Read(disk.Path)).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(string, int)> Counts(IEnumerable<LabelledSound> sounds) =>
        sounds.CountBy(s => s.Label).Select(l => (l.Key, l.Value)).Order();

    private static IEnumerable<string> Names(IEnumerable<LabelledSound> sounds) => sounds.Select(s => Path.GetFileName(s.Path)).Order(StringComparer.Ordinal);
}
