using MlNetSer.Testing;

namespace MlNetSer.Tests;

/// <summary>Data sets in their published layouts, with empty sound files.</summary>
internal sealed class DatasetOnDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public void Dispose() => _folder.Dispose();

    public string File(params string[] relative) => _folder.File(relative);

    public DatasetOnDisk Table(string relative, string text)
    {
        System.IO.File.WriteAllText(_folder.File(relative.Split('/')), text);
        return this;
    }

    public DatasetOnDisk Sounds(string folder, params string[] names)
    {
        foreach (var name in names) System.IO.File.WriteAllBytes(_folder.File([.. folder.Split('/'), name]), []);
        return this;
    }

    public static DatasetOnDisk Esc50(string table = "esc50.csv") => new DatasetOnDisk()
        .Table("meta/" + table, """
            filename,fold,target,category,esc10,src_file,take
            1-100032-A-0.wav,1,0,dog,True,100032,A
            5-100038-A-14.wav,5,14,chirping_birds,False,100038,A

            """)
        .Sounds("audio", "1-100032-A-0.wav", "5-100038-A-14.wav");

    public static DatasetOnDisk UrbanSound8K() => new DatasetOnDisk()
        .Table("metadata/UrbanSound8K.csv", """
            slice_file_name,fsID,start,end,salience,fold,classID,class
            100032-3-0-0.wav,100032,0.0,0.317551,1,5,3,dog_bark
            99812-1-2-0.wav,99812,159.52,163.52,2,10,1,car_horn

            """)
        .Sounds("audio/fold5", "100032-3-0-0.wav")
        .Sounds("audio/fold10", "99812-1-2-0.wav");

    public static DatasetOnDisk Fsd50K() => new DatasetOnDisk()
        .Table("FSD50K.ground_truth/dev.csv", """
            fname,labels,mids,split
            64760,"Electric_guitar,Guitar,Music","/m/02sgy,/m/0342h,/m/04rlf",train
            16399,Rain,/m/06mb1,val

            """)
        .Table("FSD50K.ground_truth/eval.csv", "fname,labels,mids\n37199,\"Bark,Dog\",\"/m/05tny_,/m/0bt9lr\"\n")
        .Sounds("FSD50K.dev_audio", "64760.wav", "16399.wav")
        .Sounds("FSD50K.eval_audio", "37199.wav");

    /// <summary>Of each label, some noisy clips, some clean ones and two for the test.</summary>
    public static DatasetOnDisk FsdNoisy18k(params (string Label, int Noisy, int Clean)[] labels)
    {
        var disk = new DatasetOnDisk();
        var (train, test) = ("fname,label,aso_id,manually_verified,noisy_small\n", "fname,label\n");
        foreach (var (label, noisy, clean) in labels)
        {
            for (var i = 0; i < noisy + clean; i++)
            {
                train += $"{label}{i}.wav,{label},/m/0,{(i < noisy ? 0 : 1)},0\n";
                disk.Sounds("FSDnoisy18k.audio_train", $"{label}{i}.wav");
            }
            for (var i = 0; i < 2; i++)
            {
                test += $"{label}-t{i}.wav,{label}\n";
                disk.Sounds("FSDnoisy18k.audio_test", $"{label}-t{i}.wav");
            }
        }
        return disk.Table("FSDnoisy18k.meta/train.csv", train).Table("FSDnoisy18k.meta/test.csv", test);
    }
}
