"""How a file was made: written into it without touching its pixels and beside it, and read back, also of other tools.

This room knows containers, tags and the dialects that tools write into them; it opens files, so it is called in
threads. It must never decode a pixel, and never know a screen, a job's row or the network. Every file is hostile:
sizes are checked before they are read, and nothing is followed without an end.
"""
