namespace MlNetSer.Training;

/// <summary>Where mix-back takes its backgrounds from.</summary>
public enum MixBackBackgrounds
{
    /// <summary>From two different other clips, one for each view.</summary>
    OtherClips,

    /// <summary>From the same clip, at two random places of their own.</summary>
    SameClip,
}
