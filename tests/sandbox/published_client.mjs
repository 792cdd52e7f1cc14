// Hugging Face's own JavaScript client against a Hub and router of ours; run as a process.
//
// `node published_client.mjs HUB ROUTER TASK PROVIDER MODEL FILE`, with HFMEDIA_JS naming a folder where npm has installed
// @huggingface/inference.

import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [hub, router, task, provider, model, file] = process.argv.slice(2)
const hosts = [['https://huggingface.co', hub], ['https://router.huggingface.co', router]]
const network = globalThis.fetch
// The client polls by the global fetch, whatever fetch it was given.
globalThis.fetch = (input, init) => {
  const url = String(input)
  const [real, ours] = hosts.find(([real]) => url.startsWith(real)) ?? ['', '']
  return network(ours + url.slice(real.length), init)
}

const { InferenceClient } = createRequire(`${process.env.HFMEDIA_JS}/`)('@huggingface/inference')
// Between two polls the client keeps nothing alive.
const awake = setInterval(() => {}, 1000)
const client = new InferenceClient('hf_test')
const result = task === 'text-to-image'
  ? await client.textToImage({ provider, model, inputs: 'a lighthouse in a storm' }, { outputType: 'blob' })
  : await client.textToVideo({ provider, model, inputs: 'waves' })
writeFileSync(file, Buffer.from(await result.arrayBuffer()))
clearInterval(awake)
