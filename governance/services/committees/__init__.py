"""Verbs of enlarged committees."""
