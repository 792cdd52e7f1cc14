"""What the sandbox paints: the same for the same ask, different for another seed, and of the size asked for."""

import io
import itertools

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from hfmedia_tui.sandbox.paint import film, picture

MODEL = 'black-forest-labs/FLUX.1-dev'
PROMPTS = (
    'a lighthouse in a storm',
    'a city at night',
    'a fox in an autumn forest',
    'mountains',
    'a hot air balloon over a meadow',
    'dunes at sunset',
    'an astronaut on a planet',
    'abstract waves',
    'portrait of a woman',
    'a pirate ship in the snow',
    'something that it has no word for',
)


def painted(prompt: str, seed: int, size: tuple[int, int] = (96, 72), kind: str = 'png') -> Image.Image:
    image = Image.open(io.BytesIO(picture(prompt, MODEL, seed, size, kind)))
    image.load()
    return image


@pytest.mark.parametrize('prompt', PROMPTS)
def test_the_same_ask_gives_the_same_picture_and_four_seeds_four_pictures(prompt: str) -> None:
    assert picture(prompt, MODEL, 11, (96, 72), 'png') == picture(prompt, MODEL, 11, (96, 72), 'png')
    pictures = [painted(prompt, seed) for seed in range(11, 15)]
    for first, second in itertools.combinations(pictures, 2):
        difference = ImageStat.Stat(ImageChops.difference(first, second)).mean
        assert max(difference) > 8, 'two seeds look alike'
    assert all(max(ImageStat.Stat(image.convert('L')).stddev) > 6 for image in pictures), 'nothing is to be seen'


@pytest.mark.parametrize('size', [(1, 1), (64, 64), (64, 1500), (1500, 64), (101, 203), (2048, 1100)])
@pytest.mark.parametrize('kind', ['png', 'jpeg', 'webp'])
def test_a_picture_has_its_size_and_format(size: tuple[int, int], kind: str) -> None:
    image = painted('a lighthouse', 1, size, kind)
    assert (image.size, image.format) == (size, kind.upper())


def test_another_model_paints_another_picture() -> None:
    assert picture('a pear', 'a/b', 1, (64, 64), 'png') != picture('a pear', 'a/c', 1, (64, 64), 'png')


def test_a_hostile_prompt_is_only_words() -> None:
    for prompt in ('', '\0\x1b[31m', '🙂‍🙂', 'storm' * 5_000, '[/]'):
        assert painted(prompt, 1).size == (96, 72)


@pytest.mark.parametrize('prompt', PROMPTS)
def test_a_film_moves_and_is_whole(prompt: str) -> None:
    with av.open(io.BytesIO(film(prompt, MODEL, 5, (128, 96), frames=12, rate=6)), 'r') as container:
        frames = [frame.to_image() for frame in container.decode(video=0)]  # type: ignore[no-untyped-call]
        rate = container.streams.video[0].average_rate
    assert (len(frames), frames[0].size) == (12, (128, 96))
    assert rate == 6
    assert max(ImageStat.Stat(ImageChops.difference(frames[0], frames[-1])).mean) > 0.3


def test_every_picture_says_that_it_is_the_sandboxs() -> None:
    # The strip is the darkest part of a light picture, at its lower right corner.
    image = painted('a sunny day in the snow', 2, (512, 384))
    strip, above = image.crop((420, 372, 505, 383)), image.crop((420, 300, 505, 340))
    assert ImageStat.Stat(strip.convert('L')).median[0] < ImageStat.Stat(above.convert('L')).median[0] - 20
