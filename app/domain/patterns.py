"""The pattern: a text in which `*` stands for anything, and every other character for itself."""

from fnmatch import fnmatchcase


def fits(text: str, pattern: str) -> bool:
    """Whether the whole text fits the pattern; capitals count."""
    # What the shell knows besides the star, an operator would write without meaning it.
    return fnmatchcase(text, pattern.replace("[", "[[]").replace("?", "[?]"))
