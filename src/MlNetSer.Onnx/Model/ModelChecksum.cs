using System.Security.Cryptography;
using Google.Protobuf;
using MlNetSer.Onnx.Protobuf;

namespace MlNetSer.Onnx;

/// <summary>
/// A SHA-256 of all that a model holds but itself, among its metadata: a flipped bit in a weight is still a weight, and nothing else would
/// notice it. It is written anew whenever a model that has one is, and checked whenever one is read; weights in a file of their own count.
/// Programs that change such a file on purpose take the entry away.
/// </summary>
internal static class ModelChecksum
{
    public const string Key = "mlnetser.sha256";

    /// <summary>The checksum of a model as it is, whatever its entry says.</summary>
    public static string Of(ModelProto model)
    {
        // Weights are shared by the copy, so that this takes no memory to speak of, and hashed one by one: together they may exceed what one message can hold.
        var rest = model.Clone();
        foreach (var entry in rest.MetadataProps.Where(e => e.Key == Key).ToArray()) rest.MetadataProps.Remove(entry);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in TensorData.All(rest.Graph).Where(t => t.HasRawData))
        {
            hash.AppendData(BitConverter.GetBytes(tensor.RawData.Length));
            hash.AppendData(tensor.RawData.Span);
            tensor.RawData = ByteString.Empty;
        }
        hash.AppendData(rest.ToByteArray());
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <exception cref="OnnxModelException">The model has a checksum, and it is not that of its contents.</exception>
    public static void Check(ModelProto model, string source)
    {
        if (model.MetadataProps.FirstOrDefault(e => e.Key == Key) is { } stated && stated.Value != Of(model))
        {
            throw new OnnxModelException(
                $"{source}: damaged, or changed by another program since it was written: its contents do not fit its checksum ('{Key}')");
        }
    }
}
