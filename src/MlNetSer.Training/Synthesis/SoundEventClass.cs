namespace MlNetSer.Training.Synthesis;

/// <summary>A kind of procedural sound event. Every clip of it draws its own pitch, tempo, timbre, room, background and level.</summary>
public sealed class SoundEventClass
{
    private readonly Recipe _recipe;

    private SoundEventClass(string name, Recipe recipe) => (Name, _recipe) = (name, recipe);

    /// <summary>All classes. Their order is part of what a seed stands for, so new ones come last.</summary>
    public static IReadOnlyList<SoundEventClass> All { get; } =
    [
        new("impact", Strikes.Impact),
        new("bell", Strikes.Bell),
        new("drops", Strikes.Drops),
        new("alarm", Signals.Alarm),
        new("siren", Signals.Siren),
        new("sweep", Signals.Sweep),
        new("birds", Creatures.Birds),
        new("insects", Creatures.Insects),
        new("voice", Creatures.Voice),
        new("engine", Machines.Engine),
        new("clicks", Machines.Clicks),
        new("rain", Elements.Rain),
        new("wind", Elements.Wind),
        new("crackle", Elements.Crackle),
        new("footsteps", Motions.Footsteps),
        new("strokes", Motions.Strokes),
    ];

    /// <summary>The label: lower case, fit for a folder's name.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Adds the events alone, without room or background, to a silent clip.</summary>
    internal void Render(Span<float> clip, int sampleRate, SoundRandom random) => _recipe(clip, sampleRate, random);
}
