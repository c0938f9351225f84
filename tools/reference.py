"""`make docs`: the reference of the configuration, written from the schema that reads it.

With `--check` it changes nothing and fails when docs/configuration.md is not what it would write.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.domain.shape import document_schema
from app.domain.standard import STANDARD
from app.forms.kinds import KINDS

PAGE = Path("docs/configuration.md")
HEAD = """# The configuration

What is asked, of whom, where and when is one document in YAML 1.2 (or JSON) for each workspace.
`askonce config check FILE` names every mistake with file, line, path and what to write instead;
`askonce config apply FILE` publishes it as a new release, which every process follows within two
seconds; `askonce config export` writes the active one back; `askonce config schema` prints a JSON
Schema with which editors complete and check.

```yaml
askonce: 1
workspace: acme
attributes:
  given_name: {}                     # a standard attribute: everything is built in
  company: {autocomplete: organization, rules: {length: {max: 100}}}
  plan: {kind: text, bucket: app_metadata}
sites:
  shop:
    name: Acme Shop
    origins: [https://shop.example]
    supplies: [given_name, plan]
steps:
  work:
    title: {en: About your work, de: Über Ihre Arbeit}
    fields: [{attribute: company, required: true}, given_name]
    trigger: {on: login, count: {at: 3}}
    audience: {not: {attribute: plan, equals: internal}}
```

- A **text** is a string, or a map of language tags to strings. Where a language is missing, the
  site's first one is shown, then the workspace's, then any: never nothing.
- A **duration** is a number and a unit: `30m`, `1h`, `7d`, `2w`. A **moment** is RFC 3339:
  `2026-03-01T09:00:00Z`.
- A **key** is made of small letters, digits and underscores; that of an attribute may have one dot.
- Only `true`, `false`, `null` and numbers are read as such; `on`, `NO` and `10:30` are texts. Tags,
  anchors and a key written twice are mistakes.
- **In short**: `- company` is a field `{attribute: company}`; `{known: company}` is the condition
  `{attribute: company, known: true}`; `trigger` is one or a list; `skip: false` is
  `{allowed: false}`; `options: [small, large]` gives each value its own name as label.
- Keys of sites are public. Secrets stay outside: `secret_env` names a variable of the environment.
- An attribute's answers stay with it through `renamed_from`. Take one out of use with `retired`.
- A mistake never replaces what is published. A document that says the same publishes nothing.

This page is written from the schema by `make docs`.
"""
PLAIN = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "date-time": "a moment",
}
Schema = dict[str, Any]


def main(arguments: list[str]) -> int:
    text = page(document_schema())
    if "--check" not in arguments:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        print(f"{PAGE} is not what the schema says: run `make docs`.")
        return 1
    return 0


def page(schema: Schema) -> str:
    parts = {"Workspace": schema} | {name: schema["$defs"][name] for name in reached(schema)}
    names = {name: title(name, list(parts)) for name in parts}
    sections = [section(names[name], part, names) for name, part in parts.items()]
    return "\n".join([HEAD, *sections, standard_attributes(), rules_of_kinds()])


def standard_attributes() -> str:
    rows = (
        f"| `{key}` | {one.kind} | {one.label} | {one.autocomplete or ''} |"
        + (" `app_metadata` |" if one.is_for_servers else " |")
        for key, one in STANDARD.items()
    )
    intro = (
        "The claims of OpenID Connect Core 1.0, section 5.1, and two attributes of work. Each may"
        " be\nwritten as `{}`; the labels are built in, in every language that Askonce speaks."
    )
    head = "| key | kind | label | autocomplete | bucket |\n|---|---|---|---|---|"
    return "\n".join(["## Standard attributes", "", intro, "", head, *rows, ""])


def rules_of_kinds() -> str:
    rows = (
        f"| `{name}` | {', '.join(f'`{rule}`' for rule in sorted(kind.rules))} |"
        for name, kind in KINDS.items()
    )
    head = "| kind | rules |\n|---|---|"
    return "\n".join(["## The rules each kind knows", "", head, *rows, ""])


def reached(schema: Schema) -> list[str]:
    """The named parts in the order in which a reader meets them."""
    found: list[str] = []

    def follow(part: Schema) -> None:
        for name in re.findall(r'"#/\$defs/(\w+)"', json.dumps(part)):
            if name not in found:
                found.append(name)
                follow(schema["$defs"][name])

    follow({key: value for key, value in schema.items() if key != "$defs"})
    return found


def title(name: str, names: list[str]) -> str:
    """`app__domain__steps__Step` is "Step", or "Step (amounts)" where another has that name."""
    *modules, short = name.split("__")
    rivals = [other for other in names if other.split("__")[-1] == short]
    is_plain = len(rivals) == 1 or name == rivals[0]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", short).capitalize()
    return words if is_plain else f"{words} ({modules[-1]})"


def section(heading: str, part: Schema, names: dict[str, str]) -> str:
    rows = list(table(part, names))
    lines = [f"## {heading}", "", part.get("description", ""), ""]
    if rows:
        lines += ["| key | value | default | meaning |", "|---|---|---|---|", *rows, ""]
    elif "properties" not in part:
        lines += [f"Written as {value(part, names)}.", ""]
    return "\n".join(lines)


def table(part: Schema, names: dict[str, str]) -> Iterator[str]:
    for key, of in part.get("properties", {}).items():
        cells = [f"`{key}`", value(of, names), default(key, of, part), of.get("description", "")]
        yield "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def default(key: str, of: Schema, part: Schema) -> str:
    if key in part.get("required", []):
        return "required"
    found = of.get("default")
    return "" if found in (None, [], {}) else f"`{json.dumps(found, ensure_ascii=False)}`"


def value(of: Schema, names: dict[str, str]) -> str:
    """What may be written, in words."""
    if "$ref" in of:
        heading = names[of["$ref"].rpartition("/")[2]]
        return f"[{heading}](#{re.sub(r'[^a-z0-9 -]', '', heading.lower()).replace(' ', '-')})"
    if choices := of.get("anyOf") or of.get("oneOf"):
        kept = [value(choice, names) for choice in choices if choice.get("type") != "null"]
        return " or ".join(dict.fromkeys(kept))
    if "const" in of or "enum" in of:
        return ", ".join(
            f"`{one}`" if isinstance(one, str) else f"`{json.dumps(one)}`"
            for one in of.get("enum", [of.get("const")])
        )
    if of.get("type") == "array":
        return "a list of: " + value(of.get("items", {}), names)
    if of.get("type") == "object":
        members = [*of.get("patternProperties", {}).values(), of.get("additionalProperties")]
        known = [member for member in members if isinstance(member, dict)]
        return f"a map to: {value(known[0], names)}" if known else "a map"
    return PLAIN.get(of.get("format") or of.get("type", ""), "anything") + like(of)


def like(of: Schema) -> str:
    return f" like `{of['examples'][0]}`" if "examples" in of else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
