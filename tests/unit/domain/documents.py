"""Documents for tests: a small one that is sound, and one way to spoil it."""

from app.domain.document import Document, read_document
from app.domain.workspace import Workspace

SOUND = """askonce: 1
workspace: acme
attributes:
  given_name: {}
  company: {kind: text}
  plan: {kind: text, bucket: app_metadata}
sites:
  shop:
    name: Shop
    origins: [https://shop.example]
    supplies: [given_name]
    locales: [en, de]
steps:
  work:
    title: Work
    fields: [company]
    trigger: {on: login}
"""


def read(source: str) -> Document:
    return read_document(source.encode(), "a.yaml")


def sound(source: str = SOUND) -> Workspace:
    document = read(source)
    assert document.mistakes == ()
    assert document.workspace is not None
    return document.workspace


def mistakes(source: str) -> list[str]:
    return [str(mistake) for mistake in read(source).mistakes]


def warnings(source: str) -> list[str]:
    return [str(warning) for warning in read(source).warnings]
