"""Loading a district from a table somebody filled in: read, check row by row, load in one transaction."""
