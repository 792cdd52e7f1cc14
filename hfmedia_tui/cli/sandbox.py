"""`hfmedia-tui sandbox`: the sandbox for any other client."""

from hfmedia_tui.domain import clean
from hfmedia_tui.errors import SandboxError
from hfmedia_tui.paths import find_paths

__all__ = ['serve_sandbox']


def serve_sandbox(port: int) -> None:
    """Serve until Ctrl+C, having said where on standard output. Raises SandboxError."""
    from hfmedia_tui.sandbox.serve import serve

    try:
        serve(find_paths().sandbox, port=port)
    except OSError as error:
        raise SandboxError(
            f'The sandbox cannot be served: {clean(error.strerror or str(error))}.',
            'Leave --port out for one that is free, and check that its folder can be written to.',
        ) from None
