"""Our own two themes: ink and paper, with one accent, amber.

Every colour of words stands out from each ground that it may have by 4.5 to 1, as
https://www.w3.org/TR/WCAG22/#contrast-minimum asks for.
"""

from typing import Final

from textual.theme import Theme

__all__ = ['DARK', 'LIGHT']

DARK: Final = Theme(
    name='hfmedia-dark',
    primary='#f2b541',
    secondary='#8f9bb0',
    accent='#f2b541',
    success='#8cc08a',
    warning='#e0915a',
    error='#ef7a78',
    foreground='#dcdfe6',
    background='#101216',
    surface='#191c22',
    panel='#22262e',
    boost='#ffffff0a',
    dark=True,
    variables={
        'foreground-muted': '#dcdfe6a6',
        'text-disabled': 'auto 55%',
        'block-cursor-background': '#3a3222',
        'block-cursor-foreground': '#fff6e3',
        'block-cursor-text-style': 'none',
        'block-cursor-blurred-background': '#22262e',
        'block-cursor-blurred-foreground': '#dcdfe6',
        'block-hover-background': '#1d2128',
        'border': '#f2b541',
        'border-blurred': '#2c313a',
        'button-color-foreground': '#17130a',
        'button-focus-text-style': 'bold underline',
        'footer-background': '#191c22',
        'footer-key-foreground': '#f2b541',
        'footer-description-foreground': '#a7aebb',
        'input-cursor-background': '#f2b541',
        'input-cursor-foreground': '#17130a',
        'input-selection-background': '#f2b541 30%',
        'scrollbar': '#363c47',
        'scrollbar-hover': '#4a515e',
        'scrollbar-active': '#f2b541',
        'scrollbar-background': '#101216',
        'scrollbar-background-hover': '#101216',
        'scrollbar-background-active': '#101216',
        'scrollbar-corner-color': '#101216',
    },
)

LIGHT: Final = Theme(
    name='hfmedia-light',
    primary='#875300',
    secondary='#566171',
    accent='#875300',
    success='#2a6e34',
    warning='#9a4516',
    error='#b3302f',
    foreground='#23262c',
    background='#fbfaf7',
    surface='#f1efe9',
    panel='#e6e3db',
    boost='#0000000a',
    dark=False,
    variables={
        'foreground-muted': '#23262cb3',
        'text-disabled': 'auto 68%',
        'block-cursor-background': '#f6e3bd',
        'block-cursor-foreground': '#2b1c00',
        'block-cursor-text-style': 'none',
        'block-cursor-blurred-background': '#e6e3db',
        'block-cursor-blurred-foreground': '#23262c',
        'block-hover-background': '#efece4',
        'border': '#875300',
        'border-blurred': '#d5d1c6',
        'button-color-foreground': '#fffaf0',
        'button-focus-text-style': 'bold underline',
        'footer-background': '#f1efe9',
        'footer-key-foreground': '#875300',
        'footer-description-foreground': '#444953',
        'input-cursor-background': '#875300',
        'input-cursor-foreground': '#fffaf0',
        'input-selection-background': '#875300 25%',
        'scrollbar': '#cfcabd',
        'scrollbar-hover': '#b9b3a4',
        'scrollbar-active': '#875300',
        'scrollbar-background': '#fbfaf7',
        'scrollbar-background-hover': '#fbfaf7',
        'scrollbar-background-active': '#fbfaf7',
        'scrollbar-corner-color': '#fbfaf7',
    },
)
