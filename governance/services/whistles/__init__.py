"""Whistles: drafted, signed, answered, met about, carried out, rated, and told to the residents."""
