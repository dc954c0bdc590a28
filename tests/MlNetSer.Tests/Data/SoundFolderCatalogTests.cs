using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetSer.Testing;

namespace MlNetSer.Tests;

public sealed class SoundFolderCatalogTests
{
    [Fact]
    public void A_folder_becomes_a_path_and_a_label_column()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("rain", "1.wav"), []);
        File.WriteAllBytes(folder.File("dog", "2.wav"), []);
        var data = new MLContext().Data.LoadFromSoundFolder(folder.Path);
        Assert.Equal(["SoundPath", "Label"], data.Schema.Select(c => c.Name));
        Assert.All(data.Schema, c => Assert.IsType<TextDataViewType>(c.Type));
        Assert.Equal(2, data.GetRowCount());
        Assert.Equal(["dog", "rain"], data.GetColumn<string>("Label"));
        Assert.Equal([folder.File("dog", "2.wav"), folder.File("rain", "1.wav")], data.GetColumn<string>("SoundPath"));
    }
}
