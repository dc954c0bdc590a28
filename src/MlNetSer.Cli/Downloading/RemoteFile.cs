namespace MlNetSer.Cli;

/// <summary>A file at its official address.</summary>
/// <param name="Name">Its name on disk.</param>
/// <param name="Address">Where it is fetched from.</param>
internal sealed record RemoteFile(string Name, string Address)
{
    /// <summary>Its length, where it is published.</summary>
    public long? Bytes { get; init; }

    /// <summary>Its MD5 in lower-case hexadecimal digits, where it is published.</summary>
    public string? Md5 { get; init; }
}

/// <summary>How far the transfer of a file is.</summary>
/// <param name="Start">Bytes that were there when it began, from an earlier attempt.</param>
/// <param name="Done">Bytes that are there now.</param>
/// <param name="Total">All bytes, if the server says.</param>
/// <param name="Trouble">Why nothing comes at the moment, if so.</param>
internal readonly record struct Transfer(long Start, long Done, long? Total, string Trouble = "");
