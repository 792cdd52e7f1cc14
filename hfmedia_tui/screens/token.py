"""Taking a token from the user, for Hugging Face's own library to keep."""

import asyncio
from collections.abc import Callable

from hfmedia_tui.screens.text_question import TextQuestion

__all__ = ['ask_for_token']


def ask_for_token(keep: Callable[[str], object]) -> TextQuestion:
    """The question for a token; `keep` checks and keeps it, blocking, and raises AppError where it cannot."""

    async def take(text: str) -> None:
        await asyncio.to_thread(keep, text)

    return TextQuestion(
        'Paste a token',
        'Make one at https://huggingface.co/settings/tokens that may call Inference Providers. It is checked with the '
        "Hub and kept as `hf auth login` keeps it, for all of Hugging Face's tools.",
        take=take,
        masked=True,
        waiting='Asking the Hub',
    )
