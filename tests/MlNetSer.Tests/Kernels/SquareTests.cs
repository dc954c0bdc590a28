namespace MlNetSer.Tests;

public class SquareTests
{
    [Theory]
    [InlineData(16, 16)]
    [InlineData(35, 16)]
    [InlineData(17, 50)]
    public unsafe void Rows_become_columns_and_nothing_else_is_touched(int row, int column)
    {
        WinogradConvolutionTests.RequireKernels();
        using AlignedMemory from = new(16 * row), to = new(16 * column);
        for (var i = 0; i < 16 * row; i++) from.First[i] = i + 1;

        Square.Transpose(from.First, row, to.First, column);

        for (var i = 0; i < 16 * column; i++) Assert.Equal(i % column < 16 ? (i % column * row) + (i / column) + 1 : 0, to.First[i]);
    }

    [Fact]
    public unsafe void Rows_become_columns_in_place()
    {
        WinogradConvolutionTests.RequireKernels();
        using var square = new AlignedMemory(Square.Size);
        for (var i = 0; i < Square.Size; i++) square.First[i] = i;

        Square.Transpose(square.First, 16, square.First, 16);

        for (var i = 0; i < Square.Size; i++) Assert.Equal((i % 16 * 16) + (i / 16), square.First[i]);
    }

    [Theory]
    [InlineData(16, 16)]
    [InlineData(1, 1)]
    [InlineData(37, 32)]
    [InlineData(100, 48)]
    [InlineData(15, 33)]
    public unsafe void Images_of_any_size_change_their_order(int points, int channels)
    {
        WinogradConvolutionTests.RequireKernels();
        var plane = points + 5;
        using AlignedMemory image = new(points * channels), made = new(plane * channels), back = new(points * channels);
        for (var i = 0; i < points * channels; i++) image.First[i] = i + 1;

        ChannelOrder.ToChannels(image.First, points, channels, made.First, plane);
        ChannelOrder.ToPoints(made.First, plane, channels, points, back.First);

        for (var i = 0; i < plane * channels; i++) Assert.Equal(i % plane < points ? (i % plane * channels) + (i / plane) + 1 : 0, made.First[i]);
        for (var i = 0; i < points * channels; i++) Assert.Equal(i + 1, back.First[i]);
    }
}
