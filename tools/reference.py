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

from app.domain.workspace import Workspace

PAGE = Path("docs/configuration.md")
HEAD = """# The configuration, key by key

Written from the schema by `make docs`. `askonce config schema` prints the schema.
Unknown keys are errors with a suggestion, and every error names file, line and path.
A text is a string or a map of locale → string. A duration is `30m`, `1h`, `7d` or `2w`.
"""
Schema = dict[str, Any]


def main(arguments: list[str]) -> int:
    text = page(Workspace.model_json_schema())
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
    return "\n".join([HEAD, *(section(names[name], part, names) for name, part in parts.items())])


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
        return ", ".join(f"`{json.dumps(one)}`" for one in of.get("enum", [of.get("const")]))
    if of.get("type") == "array":
        return "a list of: " + value(of.get("items", {}), names)
    if of.get("type") == "object":
        members = [*of.get("patternProperties", {}).values(), of.get("additionalProperties")]
        known = [member for member in members if isinstance(member, dict)]
        return f"a map to: {value(known[0], names)}" if known else "a map"
    return str(of.get("type", "anything"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
