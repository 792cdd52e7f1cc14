"""Drawn things that any screen can use.

A widget draws one datum, set by its parent, and says what the user did by a message. It knows nouns and pixels; it
must never know services, the engine, the ledger or the catalogue.
"""
