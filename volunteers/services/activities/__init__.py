"""Activities, their shifts, and who comes."""
