using System.Buffers.Binary;
using System.Text;

namespace MlNetSer.Training.Tests;

/// <summary>Writes pickles opcode by opcode, also such as no Python would write.</summary>
internal sealed class PickleBytes
{
    private readonly List<byte> bytes = [0x80, 2];

    public static PickleBytes Start => new();

    public byte[] Stop() => Op('.').bytes.ToArray();

    public PickleBytes Op(char opcode) => Raw((byte)opcode);

    public PickleBytes Raw(params ReadOnlySpan<byte> more)
    {
        bytes.AddRange(more);
        return this;
    }

    public PickleBytes Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Op('X').Raw(length).Raw(utf8);
    }

    /// <summary>A whole number as Python 3 writes those that need more than four bytes.</summary>
    public PickleBytes Number(long value)
    {
        var number = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        return Raw(0x8A, 8).Raw(number);
    }

    public PickleBytes Global(string module, string name) => Op('c').Raw(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));

    public PickleBytes Tuple(params ReadOnlySpan<long> numbers)
    {
        Op('(');
        foreach (var number in numbers) Number(number);
        return Op('t');
    }

    public PickleBytes OrderedDict() => Global("collections", "OrderedDict").Op(')').Op('R');

    public PickleBytes Storage(string key, long count, string type = "FloatStorage", bool legacy = false)
    {
        Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Number(count);
        return (legacy ? Op('N') : this).Op('t').Op('Q');
    }

    /// <summary>The call that makes a tensor; <paramref name="storage"/> pushes what it views.</summary>
    public PickleBytes Tensor(Action<PickleBytes> storage, long offset, long[] shape, long[] strides)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op('(');
        storage(this);
        return Number(offset).Tuple(shape).Tuple(strides).Raw(0x89).OrderedDict().Op('t').Op('R');
    }
}
