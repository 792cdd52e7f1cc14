"""The places: one module each, with its style sheet beside it.

A screen owns its selection, filter and drafts, and decides what happens after the user did something in it. It
reaches the house through `app.services` and other places through messages; it must never do blocking work.
"""
