"""How each provider answers: one module for one wire, each with the routes it serves below its name.

A wire reads a submit as strictly as its provider does, and spells replies and errors as its provider does. What a
prediction is, how long it takes and what it looks like is the same for all of them.
"""
