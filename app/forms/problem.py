"""A problem: why an answer is not good, as an instruction to the person."""

from app.lib.i18n import Message


class Problem(Exception):
    """Raised by a kind that cannot make a value of what it was given.

    `parts` are the wrong parts, when not all are. The exception's own text names nothing personal.
    """

    def __init__(self, message: Message, *parts: str) -> None:
        super().__init__(message.msgid)
        self.message = message
        self.parts = parts
