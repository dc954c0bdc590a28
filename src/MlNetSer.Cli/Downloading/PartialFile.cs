using System.Security.Cryptography;

namespace MlNetSer.Cli;

/// <summary>What has come of a file so far, beside the place where it will lie once it is whole.</summary>
internal sealed class PartialFile(string path)
{
    private readonly string _data = path + ".part";

    /// <summary>What the server said that tells this version of the file from others (an entity tag or a date).</summary>
    private readonly string _version = path + ".part.version";

    /// <summary>It consists of more than one answer, which may have come from different versions of the file.</summary>
    public bool IsJoined { get; private set; } = File.Exists(path + ".part");

    public long Length => File.Exists(_data) ? new FileInfo(_data).Length : 0;

    public string? Version => File.Exists(_version) ? File.ReadAllText(_version) : null;

    /// <summary>Opens what is there to be continued. Nobody else can meanwhile.</summary>
    public FileStream Append()
    {
        IsJoined = true;
        return new(_data, FileMode.Append, FileAccess.Write, FileShare.None);
    }

    /// <summary>Begins anew.</summary>
    public FileStream Create(string? version)
    {
        var stream = new FileStream(_data, FileMode.Create, FileAccess.Write, FileShare.None);
        IsJoined = false;
        if (version is null) File.Delete(_version);
        else File.WriteAllText(_version, version);
        return stream;
    }

    public string Md5(CancellationToken cancellation)
    {
#pragma warning disable CA5351 // It is what is published; it guards against damage, not against an enemy.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        using var stream = new FileStream(_data, FileMode.Open, FileAccess.Read, FileShare.None, 1 << 20, FileOptions.SequentialScan);
        var buffer = new byte[1 << 20];
        while (stream.Read(buffer) is > 0 and var count)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, count);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>It is whole: gives it its name.</summary>
    public void Complete()
    {
        File.Move(_data, path, overwrite: true);
        File.Delete(_version);
    }

    public void Delete()
    {
        File.Delete(_data);
        File.Delete(_version);
    }
}
