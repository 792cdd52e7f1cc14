"""The other side of the wire: a Hub, a router and a media host of our own, served over loopback.

This room imitates what the real ones send, for the first minute of a newcomer and for every test. It shares only
nouns with the code that it stands in for, so that no mistake can hide in both.
"""
