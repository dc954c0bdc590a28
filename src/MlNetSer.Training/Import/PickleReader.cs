using System.Buffers.Binary;
using System.Globalization;

namespace MlNetSer.Training;

/// <summary>
/// Reads a pickle of tensors, numbers, texts, lists and dictionaries, and nothing else. It is a stack machine that builds plain values:
/// no name in the file ever becomes code, and names that are not in <see cref="PickleGlobals"/> end the reading.
/// </summary>
/// <param name="source">Where the pickle starts; it is left after the pickle's end.</param>
/// <param name="loadPersistent">What stands for a persistent id: a storage or a tensor that lies elsewhere in the file.</param>
internal sealed class PickleReader(CheckpointReader source, Func<object?, CheckpointReader, object>? loadPersistent = null)
{
    // Some 25 opcodes describe a tensor, so this is enough for 10,000 tensors, and a hostile file cannot make more objects than this.
    private const int MostOperations = 250_000;

    private readonly List<object?> stack = [];
    private readonly Stack<int> marks = [];
    private readonly Dictionary<uint, object?> memo = [];
    private int operations;

    /// <summary>The file, for errors.</summary>
    public CheckpointReader Source => source;

    /// <summary>The value of the pickle.</summary>
    public object? Load()
    {
        while (true)
        {
            Charge(1);
            var at = source.Position;
            var opcode = (PickleOpcode)source.ReadByte();
            if (opcode != PickleOpcode.Stop)
            {
                Obey(opcode, at);
                continue;
            }
            var result = Pop();
            if (stack.Count > 0 || marks.Count > 0) throw source.FailAt(at, "the pickle ends with more than one value");
            return result;
        }
    }

    /// <summary>Counts work towards the limit of what one pickle may do.</summary>
    public void Charge(int work)
    {
        operations += work;
        if (operations > MostOperations) throw source.Fail($"the pickle takes more than {MostOperations} operations");
    }

    private void Obey(PickleOpcode opcode, long at)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                var protocol = source.ReadByte();
                if (protocol is < 2 or > 5) throw source.FailAt(at, $"pickle protocol {protocol}, expected 2 to 5");
                break;
            case PickleOpcode.Frame: source.ReadInt64(); break;
            case PickleOpcode.None: stack.Add(null); break;
            case PickleOpcode.NewTrue: stack.Add(true); break;
            case PickleOpcode.NewFalse: stack.Add(false); break;
            case PickleOpcode.Int: stack.Add(DecimalNumber(source.ReadLine(), at)); break;
            case PickleOpcode.BinInt: stack.Add((long)source.ReadInt32()); break;
            case PickleOpcode.BinInt1: stack.Add((long)source.ReadByte()); break;
            case PickleOpcode.BinInt2: stack.Add((long)source.ReadUInt16()); break;
            case PickleOpcode.Long1: PushBinaryNumber(at); break;
            case PickleOpcode.BinFloat: stack.Add(source.ReadDoubleBigEndian()); break;
            case PickleOpcode.ShortBinString or PickleOpcode.ShortBinUnicode: stack.Add(source.ReadText(source.ReadByte())); break;
            case PickleOpcode.BinString or PickleOpcode.BinUnicode: stack.Add(source.ReadText(source.ReadUInt32())); break;
            case PickleOpcode.BinUnicode8: stack.Add(source.ReadText(source.ReadInt64())); break;
            case PickleOpcode.Mark: marks.Push(stack.Count); break;
            case PickleOpcode.EmptyTuple: stack.Add(Array.Empty<object?>()); break;
            case PickleOpcode.Tuple: stack.Add(PopToMark()); break;
            case PickleOpcode.Tuple1: stack.Add(PopTuple(1)); break;
            case PickleOpcode.Tuple2: stack.Add(PopTuple(2)); break;
            case PickleOpcode.Tuple3: stack.Add(PopTuple(3)); break;
            case PickleOpcode.EmptyList: stack.Add(new PickleList()); break;
            case PickleOpcode.Append: Append(PopTuple(1), at); break;
            case PickleOpcode.Appends: Append(PopToMark(), at); break;
            case PickleOpcode.EmptyDict: stack.Add(new PickleDictionary(isOrdered: false)); break;
            case PickleOpcode.SetItem: SetItems(PopTuple(2), at); break;
            case PickleOpcode.SetItems: SetItems(PopToMark(), at); break;
            case PickleOpcode.BinPut: memo[source.ReadByte()] = Peek(); break;
            case PickleOpcode.LongBinPut: memo[source.ReadUInt32()] = Peek(); break;
            case PickleOpcode.Memoize: memo[(uint)memo.Count] = Peek(); break;
            case PickleOpcode.BinGet: stack.Add(Recall(source.ReadByte(), at)); break;
            case PickleOpcode.LongBinGet: stack.Add(Recall(source.ReadUInt32(), at)); break;
            case PickleOpcode.Global: stack.Add(Named(source.ReadLine(), source.ReadLine(), at)); break;
            case PickleOpcode.StackGlobal:
                if (PopTuple(2) is not [string module, string name]) throw source.FailAt(at, "a name in the pickle is no text");
                stack.Add(Named(module, name, at));
                break;
            case PickleOpcode.Reduce: Reduce(at); break;
            case PickleOpcode.Build: Build(at); break;
            case PickleOpcode.BinPersId:
                if (loadPersistent is null) throw source.FailAt(at, "a persistent id where none may be");
                stack.Add(loadPersistent(Pop(), source));
                break;
            default:
                throw source.FailAt(at, $"pickle opcode {opcode} (0x{(byte)opcode:X2}) is refused: {PickleGlobals.OnlyTensors}");
        }
    }

    private PickleGlobal Named(string module, string name, long at)
    {
        if (PickleGlobals.Find(module, name) is { } global) return global;
        var asked = CheckpointReader.Quote($"{module}.{name}");
        throw source.FailAt(at, $"the pickle asks for {asked}, which is refused: {PickleGlobals.OnlyTensors}");
    }

    private void Reduce(long at)
    {
        var (arguments, callee) = (Pop(), Pop());
        if (callee is not PickleGlobal { Call: { } call } || arguments is not object?[] tuple)
            throw source.FailAt(at, $"the pickle calls {PickleGlobals.Describe(callee)}, which is refused: {PickleGlobals.OnlyTensors}");
        stack.Add(call(tuple, this));
    }

    private void Build(long at)
    {
        var (state, target) = (Pop(), Peek());
        // A module's state_dict carries the version numbers of its layers in this attribute; they matter to Python code only.
        if (target is not PickleDictionary { IsOrdered: true } || state is not PickleDictionary { Entries: [{ Key: "_metadata" }] })
            throw source.FailAt(at, $"the pickle sets attributes of {PickleGlobals.Describe(target)}, which is refused");
    }

    private void Append(object?[] items, long at)
    {
        if (Peek() is not PickleList list) throw source.FailAt(at, $"the pickle appends to {PickleGlobals.Describe(Peek())}");
        list.Items.AddRange(items);
    }

    private void SetItems(object?[] items, long at)
    {
        if (Peek() is not PickleDictionary dictionary)
            throw source.FailAt(at, $"the pickle sets items of {PickleGlobals.Describe(Peek())}");
        if (items.Length % 2 != 0) throw source.FailAt(at, "a dictionary's last key has no value");
        for (var i = 0; i < items.Length; i += 2) Set(dictionary, items[i], items[i + 1]);
    }

    /// <summary>Adds an entry whose key is fit to be part of a tensor's name.</summary>
    public void Set(PickleDictionary dictionary, object? key, object? value)
    {
        if (key is not (string or long))
            throw source.Fail($"a dictionary's key is {PickleGlobals.Describe(key)}, expected a text or a whole number");
        dictionary.Entries.Add(new(key, value));
    }

    private object? Recall(uint index, long at) =>
        memo.TryGetValue(index, out var value) ? value : throw source.FailAt(at, $"the pickle recalls value {index}, which it never kept");

    private object? Peek()
    {
        if (stack.Count <= Floor) throw source.Fail("the pickle takes a value that is not there");
        return stack[^1];
    }

    private object? Pop()
    {
        var value = Peek();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private object?[] PopTuple(int count)
    {
        if (stack.Count - count < Floor) throw source.Fail("the pickle takes values that are not there");
        return PopFrom(stack.Count - count);
    }

    private object?[] PopToMark() =>
        marks.TryPop(out var mark) ? PopFrom(mark) : throw source.Fail("the pickle goes back to a mark that is not there");

    private object?[] PopFrom(int index)
    {
        var items = stack.GetRange(index, stack.Count - index).ToArray();
        stack.RemoveRange(index, items.Length);
        return items;
    }

    private int Floor => marks.TryPeek(out var mark) ? mark : 0;

    private object? DecimalNumber(string digits, long at) => digits switch
    {
        // The oldest protocol wrote booleans so.
        "00" => false,
        "01" => true,
        _ when long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) => value,
        _ => throw source.FailAt(at, $"{CheckpointReader.Quote(digits)} is no whole number of 64 bits"),
    };

    private void PushBinaryNumber(long at)
    {
        const int longest = 16;
        var length = source.ReadByte();
        if (length > longest) throw source.FailAt(at, $"a number of {length} bytes, at most {longest} expected");
        Span<byte> bytes = stackalloc byte[longest];
        source.Fill(bytes[..length]);
        bytes[length..].Fill(length > 0 && bytes[length - 1] >= 0x80 ? byte.MaxValue : byte.MinValue);
        var value = BinaryPrimitives.ReadInt128LittleEndian(bytes);
        if (value >= long.MinValue && value <= long.MaxValue) stack.Add((long)value);
        else stack.Add(value);
    }
}
