namespace MlNetSer.Training;

/// <summary>Which patches of a clip its two views are made from.</summary>
public enum PositivePatches
{
    /// <summary>Two patches at random places of the clip, independent of each other; they may overlap.</summary>
    WithinClip,

    /// <summary>One patch at a random place for both views, which then differ by mix-back and the augmentations only.</summary>
    SamePatch,
}
