namespace MlNetSer.Onnx;

/// <summary>A 3 x 3 convolution of stride 1 with what follows it.</summary>
/// <param name="Inputs">Channels that go in.</param>
/// <param name="Outputs">Channels that come out.</param>
/// <param name="Filters">[outputs, inputs, 3, 3].</param>
/// <param name="Bias">[outputs].</param>
/// <param name="Pads">Zeros at the top, left, bottom and right, 0 or 1 of each.</param>
/// <param name="Relu">Whether ReLU follows.</param>
/// <param name="Pool">Whether the largest of 2 x 2 points follows.</param>
internal sealed record ConvolutionLayer(int Inputs, int Outputs, float[] Filters, float[] Bias, (int Top, int Left, int Bottom, int Right) Pads, bool Relu, bool Pool);

/// <summary>Convolutions one after the other, of which nothing but the last one's result is used.</summary>
/// <param name="Operator">The name of the operator that stands for them in the model.</param>
/// <param name="Layers">The convolutions.</param>
/// <param name="Adds">Whether a second input of the result's shape is added to it, as at the end of a residual block.</param>
/// <param name="ReluOfSum">Whether ReLU follows that sum.</param>
internal sealed record ConvolutionStack(string Operator, IReadOnlyList<ConvolutionLayer> Layers, bool Adds, bool ReluOfSum);
