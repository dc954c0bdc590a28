using System.Globalization;

namespace MlNetSer.Training;

/// <summary>Finds the tensors in the value of a pickle and names each by its way through the dictionaries and lists.</summary>
internal sealed class NamedTensors
{
    private const int DeepestNesting = 32, LongestName = 512, MostVisits = 250_000;

    private readonly CheckpointReader source;
    private readonly Stack<object> way = [];
    private int visits;

    private NamedTensors(CheckpointReader source) => this.source = source;

    /// <summary>The tensors in the order of the file, names with dots.</summary>
    public static OrderedDictionary<string, PickleTensor> Find(object? root, CheckpointReader source)
    {
        if (root is not (PickleDictionary or PickleList or object?[]))
            throw source.Fail($"holds {PickleGlobals.Describe(root)}, expected a dictionary of tensors");
        var found = new OrderedDictionary<string, PickleTensor>();
        new NamedTensors(source).Visit(root, found);
        return found;
    }

    private void Visit(object? value, OrderedDictionary<string, PickleTensor> found)
    {
        // One value may stand in many places, and in itself: what is visited is bounded, however small the file is.
        if (++visits > MostVisits) throw source.Fail($"the pickle holds more than {MostVisits} values");
        switch (value)
        {
            case null or bool or long or Int128 or double or string:
                return;
            case PickleTensor tensor:
                if (!found.TryAdd(Name(), tensor)) throw source.Fail($"the tensor {CheckpointReader.Quote(Name())} comes twice");
                return;
            case PickleDictionary dictionary:
                foreach (var (key, item) in dictionary.Entries) Descend(key, item, found);
                return;
            case PickleList list:
                VisitItems(list.Items, found);
                return;
            case object?[] tuple:
                VisitItems(tuple, found);
                return;
            default:
                throw source.Fail($"{CheckpointReader.Quote(Name())} is {PickleGlobals.Describe(value)}: {PickleGlobals.OnlyTensors}");
        }
    }

    private void VisitItems(IReadOnlyList<object?> items, OrderedDictionary<string, PickleTensor> found)
    {
        for (var i = 0; i < items.Count; i++) Descend((long)i, items[i], found);
    }

    private void Descend(object key, object? value, OrderedDictionary<string, PickleTensor> found)
    {
        if (way.Count == DeepestNesting) throw source.Fail($"values are nested more than {DeepestNesting} deep, or contain themselves");
        way.Push(key);
        Visit(value, found);
        way.Pop();
    }

    private string Name()
    {
        var length = way.Sum(key => key is string text ? text.Length + 1L : 20);
        if (length > LongestName) throw source.Fail($"a tensor's name is longer than {LongestName} characters");
        return string.Join('.', way.Reverse().Select(key => Convert.ToString(key, CultureInfo.InvariantCulture)));
    }
}
