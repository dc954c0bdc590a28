using System.Buffers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.Training;

/// <summary>A batch of images in memory as kernels see it, and work on its images by as many threads as torch has, with the same results whatever their number.</summary>
internal static unsafe class Batch
{
    /// <summary>Adds an image's values to sums of each channel.</summary>
    public delegate void Adding(int image, double** sums);

    /// <summary>Whether kernels can stand in for torch: on the CPU, with all channels of a point side by side, and with batch norm in training.</summary>
    public static bool Fits(Tensor images, BatchNorm2d norm, int groups)
    {
        if (images.shape[0] % groups != 0 || !norm.training || images.device_type != DeviceType.CPU) return false;
        if (images.dtype != float32 && images.dtype != bfloat16) return false;
        if (images.shape[1] % ImageShape.Lanes != 0 || images.numel() * images.element_size() > int.MaxValue) return false;
        using var points = Points(images);
        return points.is_contiguous();
    }

    /// <summary>[N, channels, height, width] point by point: [N, height, width, channels].</summary>
    public static Tensor Points(Tensor images) => images.permute(0, 2, 3, 1);

    /// <summary>The way back.</summary>
    public static Tensor Images(Tensor points) => points.permute(0, 3, 1, 2);

    /// <summary>The shape of such images.</summary>
    public static ImageShape Shape(Tensor images, int groups, PoolWindow window) =>
        new((int)images.shape[0], groups, (int)images.shape[2], (int)images.shape[3], (int)images.shape[1], window);

    /// <summary>Does something with each image.</summary>
    public static void ForEach(ImageShape shape, Action<int> work) => ForEach(shape.Count, work);

    /// <summary>Does something so many times.</summary>
    public static void ForEach(int count, Action<int> work) =>
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, work);

    /// <summary>Sums of each channel over the images of each group: by group, kind and channel.</summary>
    public static double[][][] Sum(ImageShape shape, int kinds, Adding add)
    {
        var length = kinds * shape.Channels;
        // Each image has sums of its own, which are added up in the order of the images.
        var sums = ArrayPool<double>.Shared.Rent(shape.Count * length);
        Array.Clear(sums);
        fixed (double* first = sums)
        {
            var all = (nint)first;
            ForEach(shape, image =>
            {
                var own = stackalloc double*[kinds];
                for (var kind = 0; kind < kinds; kind++) own[kind] = (double*)all + ((nint)image * length) + (kind * shape.Channels);
                add(image, own);
            });
        }
        var totals = new double[shape.Groups][][];
        for (var group = 0; group < totals.Length; group++) totals[group] = [.. Enumerable.Range(0, kinds).Select(_ => new double[shape.Channels])];
        for (var image = 0; image < shape.Count; image++)
        {
            for (var kind = 0; kind < kinds; kind++)
            {
                var total = totals[shape.Group(image)][kind];
                var own = sums.AsSpan((image * length) + (kind * shape.Channels), shape.Channels);
                for (var c = 0; c < own.Length; c++) total[c] += own[c];
            }
        }
        ArrayPool<double>.Shared.Return(sums);
        return totals;
    }
}
