namespace MlNetSer.Cli;

/// <summary>
/// The data sets that can be fetched. Lengths and checksums are those that the archives' pages state; where none are stated, tables and
/// sounds are counted after unpacking. Sizes on disk follow from the published durations of 16-bit sound at 44.1 kHz.
/// </summary>
internal static class DatasetSources
{
    private const long Volume = 3_221_225_472;

    public static IReadOnlyList<DatasetSource> All { get; } = [FsdNoisy18k(), Esc10(), Esc50(), UrbanSound8K(), Fsd50K()];

    private static DatasetSource FsdNoisy18k() => new()
    {
        Key = "fsdnoisy18k",
        Name = "FSDnoisy18k",
        Content = "18,532 clips, 20 classes, noisy and verified labels, a test set: the paper's data set",
        Archives =
        [
            new("FSDnoisy18k.meta", Zenodo(2529934, "FSDnoisy18k.meta.zip", "96e27a4a63b7a2870522ddcedb5d8296")),
            new("FSDnoisy18k.audio_test", Zenodo(2529934, "FSDnoisy18k.audio_test.zip", "1ac73d70b4ef3f81900d98c261a832de")),
            new("FSDnoisy18k.audio_train", Zenodo(2529934, "FSDnoisy18k.audio_train.zip", "34dc1d34ca44622af5bf439ceb6f0d55")),
        ],
        FetchedBytes = null,
        UnpackedBytes = 13_500_000_000,
        Sounds = 18_532,
        Licence = "CC BY 4.0; its clips CC0 or CC BY",
        Citation = "E. Fonseca et al.: Learning Sound Event Classifiers from Web Audio with Noisy Labels, ICASSP 2019, arXiv:1901.01189",
        Home = "https://zenodo.org/records/2529934",
    };

    private static DatasetSource Esc50() => new()
    {
        Key = "esc50",
        Name = "ESC-50",
        Content = "2,000 clips of 5 seconds, 50 classes, 5 folds",
        Archives =
        [
            // Made anew by the server now and then, so that neither its length nor its checksum stays the same.
            new("ESC-50-master", new RemoteFile("ESC-50-master.zip", "https://github.com/karolpiczak/ESC-50/archive/refs/heads/master.zip")),
        ],
        Root = "ESC-50-master",
        FetchedBytes = 646_000_000,
        UnpackedBytes = 890_000_000,
        Sounds = 2000,
        Licence = "CC BY-NC 3.0",
        Citation = "K. J. Piczak: ESC: Dataset for Environmental Sound Classification, ACM Multimedia 2015",
        Home = "https://github.com/karolpiczak/ESC-50",
        Finish = Esc10Part.Write,
    };

    private static DatasetSource Esc10() => Esc50() with
    {
        Key = "esc10",
        Name = "ESC-10",
        Content = "400 clips of 5 seconds, 10 classes, 5 folds: a part of ESC-50",
        Sounds = 400,
        Licence = "CC BY 3.0",
        Finish = Esc10Part.Keep,
    };

    private static DatasetSource UrbanSound8K() => new()
    {
        Key = "urbansound8k",
        Name = "UrbanSound8K",
        Content = "8,732 clips of up to 4 seconds, 10 classes, 10 folds",
        Archives = [new("UrbanSound8K", Zenodo(1203745, "UrbanSound8K.tar.gz", "9aa69802bbf37fb986f71ec1483a196e", 6_023_741_708))],
        Root = "UrbanSound8K",
        FetchedBytes = 6_023_741_708,
        UnpackedBytes = 7_500_000_000,
        Sounds = 8732,
        Licence = "CC BY-NC 3.0",
        Citation = "J. Salamon, C. Jacoby, J. P. Bello: A Dataset and Taxonomy for Urban Sound Research, ACM Multimedia 2014",
        Home = "https://zenodo.org/records/1203745",
    };

    private static DatasetSource Fsd50K() => new()
    {
        Key = "fsd50k",
        Name = "FSD50K",
        Content = "51,197 clips, 200 classes, several labels per clip, an evaluation set",
        Archives =
        [
            new("FSD50K.ground_truth", Zenodo(4060432, "FSD50K.ground_truth.zip", "ca27382c195e37d2269c4c866dd73485", 334_701)),
            new("FSD50K.metadata", Zenodo(4060432, "FSD50K.metadata.zip", "b9ea0c829a411c1d42adb9da539ed237", 6_700_838)),
            new(
                "FSD50K.eval_audio",
                Zenodo(4060432, "FSD50K.eval_audio.z01", "3090670eaeecc013ca1ff84fe4442aeb", Volume),
                Zenodo(4060432, "FSD50K.eval_audio.zip", "6fa47636c3a3ad5c7dfeba99f2637982", 3_037_675_767)),
            new(
                "FSD50K.dev_audio",
                Zenodo(4060432, "FSD50K.dev_audio.z01", "faa7cf4cc076fc34a44a479a5ed862a3", Volume),
                Zenodo(4060432, "FSD50K.dev_audio.z02", "8f9b66153e68571164fb1315d00bc7bc", Volume),
                Zenodo(4060432, "FSD50K.dev_audio.z03", "1196ef47d267a993d30fa98af54b7159", Volume),
                Zenodo(4060432, "FSD50K.dev_audio.z04", "d088ac4e11ba53daf9f7574c11cccac9", Volume),
                Zenodo(4060432, "FSD50K.dev_audio.z05", "81356521aa159accd3c35de22da28c7f", Volume),
                Zenodo(4060432, "FSD50K.dev_audio.zip", "c480d119b8f7a7e32fdb58f3ea4d6c5a", 2_306_663_327)),
        ],
        FetchedBytes = 24_678_727_465,
        UnpackedBytes = 34_500_000_000,
        Sounds = 51_197,
        Licence = "CC BY 4.0; its clips CC0, CC BY, CC BY-NC or CC Sampling+",
        Citation = "E. Fonseca et al.: FSD50K: an Open Dataset of Human-Labeled Sound Events, IEEE/ACM TASLP 30, 2022, arXiv:2010.00475",
        Home = "https://zenodo.org/records/4060432",
    };

    private static RemoteFile Zenodo(int record, string name, string md5, long? bytes = null) =>
        new(name, $"https://zenodo.org/records/{record}/files/{name}?download=1") { Md5 = md5, Bytes = bytes };
}
