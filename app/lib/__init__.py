"""Tools that have never heard of a profile: they import nothing of ours."""
