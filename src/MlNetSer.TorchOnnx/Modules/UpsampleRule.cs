using MlNetSer.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetSer.TorchOnnx;

/// <summary>Resizing by interpolation.</summary>
internal static class UpsampleRule
{
    internal static OnnxValue Export(OnnxExporter onnx, Upsample upsample, OnnxValue x)
    {
        var graph = onnx.Graph;
        var aligned = upsample.align_corners == true;
        (string Name, OnnxAttribute Value)[] attributes = upsample.mode switch
        {
            UpsampleMode.Nearest => [("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor")],
            UpsampleMode.Bicubic => [("mode", "cubic"), ("coordinate_transformation_mode", Coordinates(aligned)), ("cubic_coeff_a", -0.75f)],
            _ => [("mode", "linear"), ("coordinate_transformation_mode", Coordinates(aligned))],
        };
        if (!upsample.size.IsEmpty)
        {
            ShapePart[] sizes = [onnx.Size(upsample, x, 0), onnx.Size(upsample, x, 1), .. upsample.size.ToArray().Select(size => (ShapePart)size)];
            return graph.Node("Resize", [x, null, null, onnx.Shape(sizes)], attributes);
        }
        if (upsample.recompute_scale_factor == true)
        {
            // The scale is then that of the rounded sizes.
            List<ShapePart> sizes = [onnx.Size(upsample, x, 0), onnx.Size(upsample, x, 1)];
            for (var i = 0; i < upsample.scale_factor.Length; i++)
            {
                var scaled = graph.Cast(graph.Dimension(x, i + 2), OnnxElementType.Float64) * graph.Scalar(upsample.scale_factor[i]);
                sizes.Add(ShapePart.Of(graph.Cast(graph.Floor(scaled), OnnxElementType.Int64)));
            }
            return graph.Node("Resize", [x, null, null, onnx.Shape([.. sizes])], attributes);
        }
        float[] scales = [1, 1, .. Array.ConvertAll(upsample.scale_factor.ToArray(), scale => (float)scale)];
        return graph.Node("Resize", [x, null, graph.Constant(OnnxTensor.Create<float>(scales, scales.Length))], attributes);
    }

    private static string Coordinates(bool aligned) => aligned ? "align_corners" : "half_pixel";
}
