"""XMP: a small XML of properties that every container has a place for.

The model: https://developer.adobe.com/xmp/docs/xmp-specifications/ part 1. What marks a picture as made by a machine:
https://www.iptc.org/std/photometadata/specification/IPTC-PhotoMetadata#digital-source-type and, of its edition of 2025,
#ai-system-used and #ai-prompt-information.
"""

from collections.abc import Mapping
from typing import Final

__all__ = ['EXIF_COMMENT', 'OURS', 'build', 'properties']

_RDF: Final = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
_IPTC: Final = 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/'
_OUR_NAMESPACE: Final = 'urn:hfmedia-tui:1.0/'
OURS: Final = f'{{{_OUR_NAMESPACE}}}record'
"""The property that holds our own record."""
EXIF_COMMENT: Final = '{http://ns.adobe.com/exif/1.0/}UserComment'
_GENERATED: Final = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia'
_LARGEST: Final = 2**20
_ESCAPED: Final = str.maketrans({'&': '&amp;', '<': '&lt;', '>': '&gt;', '\ufffe': None, '\uffff': None})
"""What has a meaning in XML, and what has no place in it (https://www.w3.org/TR/xml/#charsets)."""


def build(
    *, system: str, version: str | None, prompt: str | None, software: str, created: str, record: str | None
) -> str:
    """A packet: the IPTC's fields, the software, the moment in ISO 8601, and our own record, where there is one."""
    elements = [
        ('Iptc4xmpExt:DigitalSourceType', _GENERATED),
        ('Iptc4xmpExt:AISystemUsed', system),
        ('Iptc4xmpExt:AISystemVersionUsed', version),
        ('Iptc4xmpExt:AIPromptInformation', prompt),
        ('xmp:CreatorTool', software),
        ('xmp:CreateDate', created),
        ('hfmedia:record', record),
    ]
    told = ''.join(f'<{name}>{text.translate(_ESCAPED)}</{name}>' for name, text in elements if text)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}">'
        f'<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="{_IPTC}" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        f' xmlns:hfmedia="{_OUR_NAMESPACE}">{told}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    )


def properties(packet: str) -> Mapping[str, str]:
    """The properties of a packet as text, by `{namespace}name`; none where it cannot be read.

    A document type is refused: what it may define has no end.
    """
    if len(packet) > _LARGEST or '<!DOCTYPE' in packet or '<!ENTITY' in packet:
        return {}
    from xml.etree.ElementTree import ParseError, fromstring  # only files that carry one need it

    try:
        root = fromstring(packet.strip('\ufeff\0 \r\n\t'))
    except (ParseError, ValueError):
        return {}
    found = dict[str, str]()
    for description in root.iter(f'{{{_RDF}}}Description'):
        found.update(description.attrib)
        for element in description:
            found.setdefault(element.tag, ''.join(element.itertext()).strip())
    return found
