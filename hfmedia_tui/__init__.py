"""A keyboard-driven studio for Hugging Face text-to-image and text-to-video in a terminal."""

__version__ = '0.1.0'
