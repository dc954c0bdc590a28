"""Embeds sounds with Spark, where they lie already: SynapseML's ONNXModel runs the same ONNX file that mlnetser does.

spark-submit --packages com.microsoft.azure:synapseml_2.12:1.0.10 embed.py ENCODER.onnx SOUNDS PARTS
"""

import io
import sys
import wave

import numpy as np

SAMPLE_RATE = 22050  # mlnetser info ENCODER.onnx


def read_wav(content):
    """16-bit WAV at the model's rate to mono floats. Other rates and formats need a decoder on the workers (soundfile, librosa)."""
    with wave.open(io.BytesIO(bytes(content))) as sound:
        if sound.getframerate() != SAMPLE_RATE or sound.getsampwidth() != 2:
            raise ValueError(f"{sound.getframerate()} Hz, {8 * sound.getsampwidth()} bits; expected {SAMPLE_RATE} Hz, 16 bits")
        samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2").reshape(-1, sound.getnchannels())
    return (samples.mean(axis=1) / 32768).astype(np.float32).tolist()


def main(model, sounds, parts):
    from pyspark.sql import SparkSession
    from pyspark.sql.functions import col, udf
    from pyspark.sql.types import ArrayType, FloatType
    from synapse.ml.onnx import ONNXModel

    spark = SparkSession.builder.appName("embed").getOrCreate()
    waveforms = (
        spark.read.format("binaryFile").option("pathGlobFilter", "*.wav").option("recursiveFileLookup", "true").load(sounds)
        .select(col("path"), udf(read_wav, ArrayType(FloatType()))(col("content")).alias("waveform"))
    )
    # The model takes [1, N], so a batch is one sound; the patches of a sound go through the encoder together.
    encoder = (
        ONNXModel()
        .setModelLocation(model)
        .setFeedDict({"waveform": "waveform"})
        .setFetchDict({"embedding": "embedding"})
        .setMiniBatchSize(1)
    )
    encoder.transform(waveforms).select("path", "embedding").write.parquet(parts)


if __name__ == "__main__":
    main(*sys.argv[1:])
