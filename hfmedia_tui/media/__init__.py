"""Pictures and films as bytes: what they are, how large, and how they reach a terminal's cells.

This room knows files, pixels, frames and escape sequences; it may block, so it is called in threads. It must never
know a widget, a job or the network.
"""
