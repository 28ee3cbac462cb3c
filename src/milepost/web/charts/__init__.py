"""Charts as coordinates: values in, points out; templates draw them."""
