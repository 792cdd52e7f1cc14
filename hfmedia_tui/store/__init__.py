"""The ledger: what was asked, what was sent, what came back, durable and in SQLite; and the trash beside it.

This room knows SQL and the nouns; rows leave it as frozen nouns. It must never send, draw, or know a provider.
"""
