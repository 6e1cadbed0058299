"""How fast the pages are, against a bare Django view measured beside them. `make bench` runs it."""
