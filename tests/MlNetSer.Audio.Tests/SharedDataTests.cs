using MlNetSer.Testing;

namespace MlNetSer.Audio.Tests;

public class SharedDataTests
{
    [Fact]
    public void Reference_arrays_have_the_shape_that_their_header_tells()
    {
        var window = Npy.Read(SharedData.Require("golden", "window_660.npy"));
        Assert.Equal([660L], window.Shape);
        Assert.InRange(window.Values[330], 0.9999, 1.0001);
    }
}
