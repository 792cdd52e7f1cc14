"""The Hub's models: the listing, one model's mapping, the cache of both, and search.

This room knows the Hub's JSON; it is handed a function that asks the Hub. It must never know a job or a provider's
wire.
"""
