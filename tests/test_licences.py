"""What is installed with the program is listed in `.github/LICENCES.md`, under the licence that it tells of itself."""

import re
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

LISTED = Path(__file__).parent.parent / '.github/LICENCES.md'
COMPATIBLE = {
    'Apache-2.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'LGPL-3.0-or-later',
    'MIT',
    'MIT-CMU',
    'MPL-2.0',
    'PSF-2.0',
}
"""Licences, by their SPDX names, whose packages a program under the MIT licence may stand on."""
_CLASSIFIED = {
    'Apache Software License': 'Apache-2.0',
    'GNU Lesser General Public License v3 or later (LGPLv3+)': 'LGPL-3.0-or-later',
    'MIT License': 'MIT',
}
"""Trove classifiers, where nothing better is told: https://pypi.org/classifiers/"""


def installed_with(name: str) -> set[str]:
    """The names of all packages that `name` stands on, on this system."""
    found, left = set[str](), [Requirement(name)]
    seen = set[str]()
    while left:
        wanted = left.pop()
        package = distribution(wanted.name)
        found.add(re.sub(r'[-_.]+', '-', package.metadata['Name']).lower())
        for text in package.requires or ():
            needed = Requirement(text)
            meant = needed.marker is None or any(needed.marker.evaluate({'extra': it}) for it in wanted.extras or ('',))
            if meant and str(needed) not in seen:
                seen.add(str(needed))
                left.append(needed)
    return found - {name}


def licences_of(name: str) -> set[str]:
    """What a package tells of its licence: the names in its expression, or what its classifiers stand for."""
    told = distribution(name).metadata
    (expression, *_) = told.get_all('License-Expression') or told.get_all('License') or ['']
    if not (named := set(re.split(r' (?:AND|OR) ', expression)) - {''}) <= COMPATIBLE or not named:
        classifiers = (classifier.rpartition(' :: ')[2] for classifier in told.get_all('Classifier') or ())
        named = {_CLASSIFIED[classifier] for classifier in classifiers if classifier in _CLASSIFIED}
    return named


def listed() -> dict[str, set[str]]:
    rows = re.findall(r'^\| \[([\w.-]+)\]\(\S+\) \| ([^|]+) \|', LISTED.read_text(), re.MULTILINE)
    return {name: set(re.split(r' (?:and|or) ', licence.strip())) for name, licence in rows}


def test_every_package_is_listed_with_the_licence_that_it_tells() -> None:
    table, installed = listed(), installed_with('hfmedia-tui')
    assert len(installed) > 20
    assert {name: licences_of(name) for name in installed} == {name: table.get(name) for name in installed}


def test_every_licence_is_compatible() -> None:
    assert set[str]().union(*listed().values()) <= COMPATIBLE
