"""Makes the sandbox's pictures and films, from prompt, model and seed alone."""

import io
import random

from PIL import Image, ImageChops


def picture(prompt: str, model: str, seed: int, size: tuple[int, int], format: str) -> bytes:
    chance = random.Random(f'{prompt}{model}{seed}')
    image = Image.linear_gradient('L').resize(size)
    a, b = (tuple(chance.randrange(256) for _ in range(3)) for _ in range(2))
    picture = Image.composite(Image.new('RGB', size, a), Image.new('RGB', size, b), image)
    out = io.BytesIO()
    picture.save(out, format)
    return out.getvalue()


def black(size: tuple[int, int], format: str) -> bytes:
    out = io.BytesIO()
    Image.new('RGB', size).save(out, format)
    return out.getvalue()


def film(prompt: str, model: str, seed: int, size: tuple[int, int], *, frames: int, rate: int) -> bytes:
    import av  # 60 ms, and most sandboxes never make a film

    base = Image.open(io.BytesIO(picture(prompt, model, seed, size, 'png')))
    out = io.BytesIO()
    with av.open(out, 'w', format='mp4') as container:
        stream = container.add_stream('libx264', rate=rate, options={'preset': 'veryfast', 'crf': '23'})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = 'yuv420p'
        for index in range(frames):
            frame = av.VideoFrame.from_image(ImageChops.offset(base, index * 3, 0))  # type: ignore[no-untyped-call]
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()
