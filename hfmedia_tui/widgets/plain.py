"""Text and numbers as a row of cells shows them: one line, exact width, units."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.cells import cell_len, set_cell_size

from hfmedia_tui.domain import harmless

__all__ = [
    'age',
    'brief',
    'cells',
    'clock',
    'duration',
    'file_size',
    'json_text',
    'one_line',
    'plural',
    'priced',
    'running_time',
    'shortened',
]


def one_line(text: str) -> str:
    """Fold every run of white space into one space, so that a text of many lines stays in its row."""
    return ' '.join(text.split())


def json_text(value: Mapping[str, Any]) -> str:
    """Write JSON that reads back as it was; a character stands as itself unless it is none to be shown."""
    import json  # 2 ms that the first screen has no use for

    text = json.dumps(value, ensure_ascii=False)
    if harmless(text) == text:
        return text
    # Outside its strings JSON has no such character.
    return ''.join(one if harmless(one) == one else json.dumps(one)[1:-1] for one in text)


def cells(text: str, width: int, *, right: bool = False) -> str:
    """Fit `text` into exactly `width` cells; an ellipsis says that something was cut."""
    if width <= 0:
        return ''
    text = text[: 4 * width + 4]
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + '…'
    return ' ' * (width - length) + text if right else text + ' ' * (width - length)


def shortened(name: str, width: int) -> str:
    """Cut the middle out of an identifier that is longer than `width`: both of its ends tell it from others."""
    if len(name) <= width or width < 5:
        return name
    end = (width - 1) // 2
    return f'{name[: width - 1 - end]}…{name[-end:]}'


def brief(number: int) -> str:
    """Write a count in at most five cells: 999, 1.2k, 34k, 5.6M."""
    if number < 1_000:
        return str(number)
    for unit, size in (('k', 1e3), ('M', 1e6), ('G', 1e9)):
        value = number / size
        if value < 9.95:
            return f'{value:.1f}{unit}'
        if value < 999.5:
            return f'{value:.0f}{unit}'
    return '999G'


def duration(seconds: float, *, exact: bool = True) -> str:
    """Write a time span: 3.4 s, 1 m 05 s, 2 h 10 m; a running one, not `exact`, in whole seconds."""
    if seconds < 60:
        return f'{seconds:.1f} s' if exact and seconds < 59.95 else f'{int(seconds)} s'
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f'{minutes} m {rest:02} s'
    return f'{minutes // 60} h {minutes % 60:02} m'


def age(seconds: float) -> str:
    """Write how long ago something was, roughly: 50 minutes, 3 hours, 12 days."""
    for unit, size in (('day', 86_400), ('hour', 3_600)):
        if seconds >= 2 * size:
            return plural(int(seconds / size), unit)
    return plural(int(seconds / 60), 'minute')


def file_size(count: int) -> str:
    """Write a number of bytes with its unit: 812 B, 34 kB, 1.5 MB."""
    if count < 1_000:
        return f'{count} B'
    for unit, size in (('kB', 1e3), ('MB', 1e6), ('GB', 1e9)):
        value = count / size
        if value < 999.5:
            return f'{value:.1f} {unit}' if value < 9.95 else f'{value:.0f} {unit}'
    return f'{count / 1e12:.1f} TB'


def clock(moment: datetime) -> str:
    """Write a moment in local time: 14:05:09 today, the date before it on other days."""
    local = moment.astimezone()
    today = datetime.now(local.tzinfo).date()
    return local.strftime('%H:%M:%S' if local.date() == today else '%Y-%m-%d %H:%M')


def running_time(seconds: float) -> str:
    """Say a film's length as players do, such as `0:03`."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f'{hours}:{minute:02}:{second:02}' if hours else f'{minute}:{second:02}'


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: 1 job, 4 jobs."""
    return f'{count:,} {noun}' if count == 1 else f'{count:,} {noun}s'


def priced(requests: int, paid: int) -> str:
    """Say how many requests there are, of which `paid` may be billed."""
    if 0 < paid < requests:
        return f'{plural(requests, "request")}, {paid:,} of them paid'
    return plural(requests, 'paid request' if paid else 'free request')
