"""The places and popups: one module each, its style sheet beside it; `*_app` is what the app does for all of them.

A screen owns its selection, filter and drafts, and decides what happens after the user did something in it. It
reaches the house through `app.services` and other places through messages; it must never do blocking work.
"""
