"""`hfmedia-tui sandbox`: the sandbox for any other client."""

from hfmedia_tui.paths import find_paths

__all__ = ['serve_sandbox']


def serve_sandbox(port: int) -> None:
    """Serve until Ctrl+C, having said how to use it."""
    from hfmedia_tui.sandbox.serve import serve

    serve(find_paths().sandbox, port=port)
