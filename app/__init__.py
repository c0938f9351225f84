"""Askonce asks people a little, at the right moment, and never asks twice."""

__version__ = "1.0.0"
