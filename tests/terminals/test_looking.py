"""The eye of the terminals' tests: what it misses or makes up, they would blame on the program."""

from PIL import Image, ImageDraw

from tests.terminals.looking import drawn

_GROUND = (16, 18, 22)


def test_a_trunk_as_dark_as_the_ground_does_not_part_a_picture() -> None:
    screen = Image.new('RGB', (800, 480), _GROUND)
    screen.paste(Image.effect_noise((300, 300), 90), (400, 80))
    ImageDraw.Draw(screen).rectangle((620, 80, 635, 320), fill=_GROUND)
    seen = drawn(screen)
    assert seen is not None
    assert seen.size == (300, 300)


def test_lines_of_text_are_no_picture() -> None:
    screen = Image.new('RGB', (800, 480), _GROUND)
    pencil = ImageDraw.Draw(screen)
    for line in range(0, 480, 19):
        pencil.text((10, line), 'succeeded 1024x1024 1.2 s fal-ai a blue fox ' * 4, fill='white')
    assert drawn(screen) is None
