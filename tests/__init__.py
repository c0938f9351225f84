"""What is promised, as sentences that a machine reads."""
