using System.Text;
using System.Text.Json;
using MlNetSer.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetSer.Training.Tests;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Gives_back_what_was_written_in_any_layout()
    {
        var path = _folder.File("a.safetensors");
        var image = arange(24, float32).reshape(1, 2, 3, 4);
        var channelsLast = image.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

        SafetensorsFile.Write(path, [new("note", "größer ✓")], [("image", channelsLast), ("count", tensor(7L)), ("none", empty(0))]);
        var (metadata, tensors) = SafetensorsFile.Read(path);

        Assert.Equal([new("note", "größer ✓")], metadata);
        Assert.Equal(["image", "count", "none"], tensors.Keys);
        Assert.Equal(image.data<float>().ToArray(), tensors["image"].data<float>().ToArray());
        Assert.Equal(7L, tensors["count"].item<long>());
        Assert.Equal([0L], tensors["none"].shape);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Follows_the_safetensors_layout()
    {
        var path = _folder.File("a.safetensors");
        SafetensorsFile.Write(path, [], [("a", arange(1, 3, float32)), ("b", arange(3, 5, float32).reshape(2, 1))]);

        var bytes = File.ReadAllBytes(path);
        var length = (int)BitConverter.ToInt64(bytes);
        using var header = JsonDocument.Parse(Encoding.UTF8.GetString(bytes, 8, length));
        var b = header.RootElement.GetProperty("b");

        Assert.Equal("""{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]}""", b.GetRawText());
        Assert.Equal(4f, BitConverter.ToSingle(bytes, 8 + length + 12));
        Assert.Equal(8 + length + 16, bytes.Length);
    }

    [Fact]
    public void Notices_every_damaged_byte_and_every_missing_one()
    {
        var path = _folder.File("a.safetensors");
        SafetensorsFile.Write(path, [new("epoch", "3")], [("a", arange(8, float32))]);
        var bytes = File.ReadAllBytes(path);

        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= 4;
            File.WriteAllBytes(path, damaged);
            Assert.Throws<RunException>(() => SafetensorsFile.Read(path));
            File.WriteAllBytes(path, bytes[..i]);
            Assert.Throws<RunException>(() => SafetensorsFile.Read(path));
        }
    }
}
