"""Runs jobs: the pool, the hands that perform a machine's steps, the one transport, the policy of repeating.

This room knows machines, HTTP, time and files being downloaded; it is handed a ledger, limits and a clock. It must
never know a screen, a widget, a settings file or a table of the database.
"""
