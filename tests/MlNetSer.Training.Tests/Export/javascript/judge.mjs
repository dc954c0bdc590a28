// What both judges do, each with its own ONNX Runtime: every model on every clip of a case folder.

/**
 * @param ort the runtime's module
 * @param options of its sessions
 * @param read gives a file of the case folder as an ArrayBuffer
 * @returns for every model, clip and output: { model, clip, output, shape, values }
 */
export async function judge(ort, options, read) {
  const { models, clips } = JSON.parse(new TextDecoder().decode(await read('cases.json')));
  const results = [];
  for (const model of models) {
    const session = await ort.InferenceSession.create(new Uint8Array(await read(`${model}.onnx`)), options);
    for (const clip of clips) {
      const waveform = new Float32Array(await read(`${clip}.f32`));
      const outputs = await session.run({ waveform: new ort.Tensor('float32', waveform, [1, waveform.length]) });
      for (const output of session.outputNames)
        results.push({ model, clip, output, shape: outputs[output].dims, values: Array.from(outputs[output].data) });
    }
    await session.release();
  }
  return results;
}
