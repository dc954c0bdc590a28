// node node.mjs CASE_FOLDER: runs onnxruntime-node and writes CASE_FOLDER/node.json.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ort from 'onnxruntime-node';
import { judge } from './judge.mjs';

const folder = process.argv[2];
// The copy starts at the beginning of its buffer, which small files read by Node need not do.
const read = async name => new Uint8Array(await readFile(join(folder, name))).buffer;
const results = await judge(ort, { intraOpNumThreads: 1 }, read);
await writeFile(join(folder, 'node.json'), JSON.stringify(results));
