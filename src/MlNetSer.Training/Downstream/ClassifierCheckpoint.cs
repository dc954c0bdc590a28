using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>
/// The state of a classifier's training after an epoch as a file, by which the same training goes on after it was stopped. The file's name is a
/// hash of all that the training depends on. It goes when the training is done.
/// </summary>
internal sealed class ClassifierCheckpoint : IDisposable
{
    private readonly string _path;
    private readonly FileLock _lock;

    /// <summary>A place for the state of one training.</summary>
    /// <exception cref="RunException">The same training is under way elsewhere.</exception>
    public ClassifierCheckpoint(string folder, string key)
    {
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, $"{key[..16]}.classifier");
        _lock = FileLock.TryTake(LockPath) ?? throw new RunException($"{_path} is in use: the same classifier is being trained by another process.");
    }

    private string LockPath => _path + ".lock";

    /// <summary>A hash of settings, sounds with their labels, and first weights.</summary>
    public static string KeyOf(DownstreamSettings settings, DownstreamSounds sounds, nn.Module network)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(settings.ToJson()));
        foreach (var some in new[] { sounds.Train, sounds.Validation, sounds.Test })
            hash.AppendData(Encoding.UTF8.GetBytes(string.Concat(some.Select(s => $"{Path.GetFullPath(s.Path)}\0{s.Label}\0").Append("\0"))));
        using var scope = NewDisposeScope();
        foreach (var (_, value) in network.state_dict()) hash.AppendData(value.detach().cpu().contiguous().bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Writes the state after the last epoch of the curve.</summary>
    public void Write(IEnumerable<(string Name, Tensor Value)> tensors, int kept, IEnumerable<DownstreamPoint> curve)
    {
        var metadata = new Dictionary<string, string>
        {
            ["kept"] = kept.ToString(CultureInfo.InvariantCulture),
            ["curve"] = RunJson.Write(curve.ToArray()),
        };
        SafetensorsFile.Write(_path, metadata, tensors);
    }

    /// <summary>Puts the state back, if there is one.</summary>
    /// <exception cref="RunException">The file is damaged.</exception>
    public (int Kept, DownstreamPoint[] Curve)? TryRead(IEnumerable<(string Name, Tensor Value)> tensors)
    {
        if (!File.Exists(_path)) return null;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (metadata, values) = SafetensorsFile.Read(_path);
        foreach (var (name, slot) in tensors) slot.copy_(values[name]);
        return (int.Parse(metadata["kept"], CultureInfo.InvariantCulture), RunJson.Read<DownstreamPoint[]>(metadata["curve"]));
    }

    /// <summary>The training is done.</summary>
    public void Remove() => File.Delete(_path);

    public void Dispose()
    {
        _lock.Dispose();
        if (!File.Exists(_path)) File.Delete(LockPath);
    }
}
