"""REST: everything a page can do, for programs, under the same permissions."""
