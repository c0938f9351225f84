"""Surface 3: the machine. JSON for backends, and what operating needs."""
