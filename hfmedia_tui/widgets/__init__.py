"""Drawn things that any screen can use; `*_app` and `type_ahead` are what an app does so that they work.

A widget draws one datum, set by its parent, and says what the user did by a message. It knows nouns and pixels; it
must never know services, the engine, the ledger or the catalogue.
"""
