"""The benchmark: what a request costs under load, beside a constant page of the same framework."""
