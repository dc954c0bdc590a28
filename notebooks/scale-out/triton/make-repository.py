"""Puts an encoder into the Triton repository beside this file: make-repository.py ENCODER.onnx [OUTPUT.onnx]

The encoder takes one waveform, [1, N]. Triton joins requests to [B, N], so the model that it gets goes through them one by one (ONNX's Scan) and
gives [B, D]. Needs the Python package onnx.
"""

import pathlib
import sys

import onnx
from onnx import TensorProto, helper


def batched(model):
    """The same model for any number of waveforms of one length."""
    graph = model.graph
    names = [value.name for value in graph.output]
    size = graph.output[names.index("embedding")].type.tensor_type.shape.dim[1].dim_value
    axes = helper.make_tensor("batch.axes", TensorProto.INT64, [1], [0])
    body = helper.make_graph(
        [
            helper.make_node("Unsqueeze", ["batch.one", "batch.axes"], ["waveform"]),
            *graph.node,
            helper.make_node("Squeeze", ["embedding", "batch.axes"], ["batch.embedding"]),
        ],
        "one",
        [helper.make_tensor_value_info("batch.one", TensorProto.FLOAT, ["N"])],
        [helper.make_tensor_value_info("batch.embedding", TensorProto.FLOAT, [size])],
    )
    scan = helper.make_node("Scan", ["waveforms"], ["embeddings"], body=body, num_scan_inputs=1)
    result = helper.make_model(
        helper.make_graph(
            [scan],
            "sound_embedding",
            [helper.make_tensor_value_info("waveforms", TensorProto.FLOAT, ["B", "N"])],
            [helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["B", size])],
            [*graph.initializer, axes],
        ),
        opset_imports=model.opset_import,
        ir_version=model.ir_version,
    )
    helper.set_model_props(result, {entry.key: entry.value for entry in model.metadata_props})
    return result


if __name__ == "__main__":
    here = pathlib.Path(__file__).parent / "sound_embedding" / "1" / "model.onnx"
    target = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else here
    target.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(batched(onnx.load(sys.argv[1])), target)
    print(target)
