"""Surface 1: the subject. Fragments and frames; a template beside its handler."""
