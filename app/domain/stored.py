"""A release as it is stored: the document, the attributes' ids, and built-in words as resolved."""

import hashlib
from collections.abc import Mapping

import msgspec
from pydantic import ValidationError

from app.domain.standard import Texts, words_of
from app.domain.workspace import Workspace

FORMAT = 1


class Stored(msgspec.Struct, frozen=True):
    """The body of a release.

    `ids` are the attributes' ids by key; `next_id` was never used by any release; `words` are the
    built-in labels and hints by attribute, kind of text and locale, as they were at publish.
    """

    document: msgspec.Raw
    ids: dict[str, int]
    next_id: int
    words: dict[str, dict[str, Texts]]
    format: int = FORMAT

    def workspace(self) -> Workspace:
        """The document. Raises ValueError when this version of the program cannot read it."""
        # What was published was checked then; JSON has lists where the reader makes tuples.
        try:
            return Workspace.model_validate_json(bytes(self.document), strict=False)
        except ValidationError as error:
            raise ValueError(
                f"not a document of this version: {error.error_count()} mistakes"
            ) from None


def to_bytes(stored: Stored) -> bytes:
    return msgspec.json.encode(stored)


def from_bytes(body: bytes) -> Stored:
    """Raises ValueError for a body that is none, or of a newer format."""
    stored = msgspec.json.decode(body, type=Stored)
    if stored.format > FORMAT:
        raise ValueError(f"a release of format {stored.format}; this version knows {FORMAT}")
    return stored


def stored_of(document: Workspace, ids: dict[str, int], next_id: int) -> Stored:
    """What is stored of a document that is published now."""
    words = {key: words_of(key, attribute) for key, attribute in document.attributes.items()}
    return Stored(
        msgspec.Raw(written(document)), ids, next_id, {k: w for k, w in words.items() if w}
    )


def written(document: Workspace) -> bytes:
    """The document as JSON: what was written, in its order; defaults left out stay left out."""
    return document.model_dump_json(by_alias=True, exclude_unset=True).encode()


def digest_of(document: Workspace) -> str:
    """The same for every way to write the same configuration; the order of steps is part of it."""
    canonical = document.model_dump_json(by_alias=True, exclude_defaults=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def allot_ids(
    document: Workspace, active: Mapping[str, int], former: Mapping[str, int], next_id: int
) -> tuple[dict[str, int], int]:
    """The id of each attribute, and the next free one.

    An attribute keeps the id it has in the active release; a new key inherits that of the key it
    was `renamed_from`; then a key's former id returns (a rollback), unless another has it now.
    """
    ids = {key: active[key] for key in document.attributes if key in active}
    for key, attribute in document.attributes.items():
        old = attribute.renamed_from
        if old and key not in ids and old in active and old not in document.attributes:
            ids[key] = active[old]
    for key in document.attributes:
        if key not in ids and key in former and former[key] not in ids.values():
            ids[key] = former[key]
    for key in document.attributes:
        if key not in ids:
            ids[key], next_id = next_id, next_id + 1
    return {key: ids[key] for key in document.attributes}, next_id
