"""One module a container: what text it carries, and which bytes to change so that it carries ours.

Each has `recognise` for its first bytes, `read` for what it carries and `write` for the edits; nothing here decodes
what is shown, and bytes that no edit names stay as they are.
"""
