"""Every address with an id, by subject: tests/test_access_matrix.py tries them."""
