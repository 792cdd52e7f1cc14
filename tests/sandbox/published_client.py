"""Hugging Face's own client against a Hub and router of ours; run as a process, because it reads its settings once.

`python -m tests.sandbox.published_client ROUTER TASK PROVIDER MODEL FILE`, with HF_ENDPOINT naming the Hub.
"""

import sys
from pathlib import Path

from huggingface_hub import constants


def main(router: str, task: str, provider: str, model: str, file: str) -> None:
    constants.INFERENCE_PROXY_TEMPLATE = f'{router}/{{provider}}'
    from huggingface_hub import InferenceClient  # some of its providers read the template when they are imported

    client = InferenceClient(provider=provider, token='hf_test', timeout=100)  # type: ignore[arg-type]
    if task == 'text-to-image':
        picture = client.text_to_image('a lighthouse in a storm', model=model, width=1024, height=1280)
        picture.save(file, format='PNG')
    else:
        Path(file).write_bytes(client.text_to_video('waves', model=model))


if __name__ == '__main__':
    main(*sys.argv[1:])
