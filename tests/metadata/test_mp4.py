"""Where the samples of a film lie is told right after something was put before them."""

import io
from pathlib import Path

import av
import pytest

from hfmedia_tui.metadata.formats import mp4
from hfmedia_tui.metadata.formats.carried import Carried, Notes, UnwritableError, copy_edited
from tests.metadata.samples import inscribe, remux, shown

NOTES = Notes(parameters='a fox', record='{}', xmp='<x/>', brief_xmp='<x/>', software='hfmedia-tui')
SAMPLES = [b'first sample', b'second', b'third and last']


def box(kind: bytes, body: bytes, *, large: bool = False) -> bytes:
    if large:
        return (1).to_bytes(4) + kind + (16 + len(body)).to_bytes(8) + body
    return (8 + len(body)).to_bytes(4) + kind + body


def movie(tables: list[tuple[bytes, list[int]]], *more: bytes) -> bytes:
    tracks = b''
    for kind, offsets in tables:
        width = 4 if kind == b'stco' else 8
        table = box(kind, bytes(4) + len(offsets).to_bytes(4) + b''.join(offset.to_bytes(width) for offset in offsets))
        tracks += box(b'trak', box(b'mdia', box(b'minf', box(b'stbl', box(b'stts', bytes(8)) + table))))
    return box(b'moov', box(b'mvhd', bytes(100)) + tracks + b''.join(more))


def written(whole: bytes) -> bytes:
    source, target = io.BytesIO(whole), io.BytesIO()
    copy_edited(source, target, mp4.write(source, Carried(), NOTES))
    return target.getvalue()


def offsets_in(whole: bytes, kind: bytes) -> list[int]:
    width = 4 if kind == b'stco' else 8
    place = whole.index(kind) + 8
    count = int.from_bytes(whole[place : place + 4])
    return [int.from_bytes(whole[place + 4 + width * n : place + 4 + width * (n + 1)]) for n in range(count)]


HEAD = box(b'ftyp', b'isom' + bytes(4) + b'isom')


@pytest.mark.parametrize('kind', [b'stco', b'co64'])
@pytest.mark.parametrize('large', [False, True])
@pytest.mark.parametrize('front', [False, True])
def test_every_table_points_to_what_it_pointed_to(kind: bytes, large: bool, front: bool) -> None:
    data = box(b'mdat', b''.join(SAMPLES), large=large)
    header = len(data) - len(b''.join(SAMPLES))
    before = len(HEAD) + (len(movie([(kind, [0, 0]), (kind, [0])])) if front else 0) + header
    places = [before, before + len(SAMPLES[0]), before + len(SAMPLES[0] + SAMPLES[1])]
    moov = movie([(kind, [places[0], places[2]]), (kind, [places[1]])])
    whole = HEAD + (moov + data if front else data + moov)
    after = written(whole)
    first, last = offsets_in(after, kind)
    assert after[first:].startswith(SAMPLES[0])
    assert after[last:].startswith(SAMPLES[2])
    (second,) = offsets_in(after[after.rindex(b'trak') :], kind)
    assert after[second:].startswith(SAMPLES[1])
    assert mp4.read(io.BytesIO(after)).texts == {'parameters': 'a fox', 'hfmedia_metadata': '{}', 'xmp': '<x/>'}


@pytest.mark.parametrize(
    'whole',
    [
        HEAD + movie([(b'stco', [2**32 - 10])]) + box(b'mdat', b'x'),
        HEAD + movie([(b'stco', [len(HEAD) + 4])]) + box(b'mdat', b'x'),
        HEAD + movie([(b'stco', [500])], box(b'mvex', b'')) + box(b'mdat', b'x'),
        HEAD + movie([(b'stco', [500])]) + box(b'moof', b'') + box(b'mdat', b'x'),
        HEAD + movie([(b'stco', [500])]) + movie([(b'stco', [500])]) + box(b'mdat', b'x'),
        HEAD + movie([(b'stco', [500])]) + box(b'mdat', b'x') + b'rest',
        HEAD + movie([(b'stco', [500])]).replace(b'\0\0\0\1\0\0\1\xf4', b'\0\0\1\0\0\0\1\xf4') + box(b'mdat', b'x'),
        HEAD + box(b'mdat', b'x'),
    ],
    ids=['too far', 'inside', 'fragments', 'a fragment', 'two movies', 'cut off', 'a long table', 'no movie'],
)
def test_what_is_not_understood_is_not_written_into(whole: bytes) -> None:
    with pytest.raises(UnwritableError):
        written(whole)


@pytest.mark.parametrize('flags', ['', 'faststart'])
def test_picture_and_sound_stay_what_they_are(tmp_path: Path, flags: str) -> None:
    path = tmp_path / 'film.mp4'
    with av.open(str(path), 'w') as film:
        pictures, sound = film.add_stream('libx264', rate=8), film.add_stream('aac', rate=8000)
        pictures.width = pictures.height = 64
        pictures.pix_fmt = 'yuv420p'
        for number in range(12):
            frame = av.VideoFrame(64, 64, 'yuv420p')
            for plane in frame.planes:
                plane.update(bytes([number * 20]) * plane.buffer_size)
            film.mux(pictures.encode(frame))
        for number in range(12):
            wave = av.AudioFrame(format='fltp', layout='mono', samples=1024)
            wave.sample_rate, wave.pts = 8000, number * 1024
            wave.planes[0].update(bytes([number, 0, 0, 60]) * 1024)
            film.mux(sound.encode(wave))
        film.mux(pictures.encode())
        film.mux(sound.encode())
    if flags:
        remux(path, flags)
    before, heard = shown(path), sounds(path)
    assert len(before) == 12
    inscribe(path)
    assert shown(path) == before
    assert sounds(path) == heard


def sounds(path: Path) -> list[bytes]:
    with av.open(str(path)) as film:
        return [bytes(packet) for packet in film.demux(audio=0)]
