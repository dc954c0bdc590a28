using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
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

    /// <summary>By someone who knows how the checksum is made.</summary>
    [Theory]
    [InlineData("[2]", "[1099511627776]", "a is of another size than its data")]
    [InlineData("[2]", "[-1,-2]", "a is of another size than its data")]
    [InlineData("[2]", "[4611686018427387904,4611686018427387904,4]", "a is of another size than its data")]
    [InlineData("[0,8]", "[0,80]", "a does not lie in its 8 bytes of data")]
    [InlineData("[0,8]", "[8,0]", "a does not lie in its 8 bytes of data")]
    [InlineData("[0,8]", "null", "a does not lie in its 8 bytes of data")]
    [InlineData("\"F32\"", "\"F64\"", "a has type 'F64'")]
    [InlineData("{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}", "null", "a has type ''")]
    public void Takes_no_memory_for_what_only_its_header_claims(string text, string claimed, string message)
    {
        var path = _folder.File("a.safetensors");
        SafetensorsFile.Write(path, [], [("a", arange(2, float32))]);
        var bytes = File.ReadAllBytes(path);
        var header = Encoding.UTF8.GetString(bytes.AsSpan(8, (int)BitConverter.ToInt64(bytes)));
        Assert.Contains(text, header, StringComparison.Ordinal);
        byte[] data = bytes[^8..];
        var unsigned = JsonNode.Parse(header.Replace(text, claimed, StringComparison.Ordinal))!;
        unsigned["__metadata__"]!["sha256"] = new string('0', 64);
        unsigned["__metadata__"]!["sha256"] = Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(unsigned.ToJsonString()), .. data]));
        var signed = Encoding.UTF8.GetBytes(unsigned.ToJsonString());
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)signed.Length), .. signed, .. data]);

        var error = Assert.Throws<RunException>(() => SafetensorsFile.Read(path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
