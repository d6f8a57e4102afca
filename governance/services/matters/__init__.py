"""Verbs of matters."""
