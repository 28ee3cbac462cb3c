"""Attack, crash and load checks that anyone can run; too long for `make test`, so `make qa` runs them."""
