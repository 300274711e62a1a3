"""Books from several files: ``include:`` brings shared parts in, ``extends:`` changes a base.

Files are merged as trees, so every node keeps the file it comes from, and a finding points there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import is_
from pathlib import Path

from leadgrade.rules.documents.kinds import one_or_many, word
from leadgrade.rules.library import shipped_books
from leadgrade.rules.source import Findings, Span
from leadgrade.rules.text.nodes import Block, Listing, Mapping, Node, Scalar

MOST_FILES = 20
"""A book of more files than this is refused."""

SECTIONS = (
    "parameters",
    "lists",
    "conditions",
    "facts",
    "derived",
    "criteria",
    "classes",
    "sources",
)
"""Mappings whose entries are known by their key."""

LISTS = {"knock_outs": "id", "limits": "id", "next_steps": "id", "examples": "name", "rules": "id"}
"""Lists whose items are known by a key of theirs."""

DIRECTIVES = ("include", "extends", "remove")

Reader = Callable[[Path, Span], Node | None]
"""Reads the tree of a file; None with a finding at the place that names it."""


class Including:
    """Merges a book's tree with the files that it names."""

    def __init__(self, read: Reader, findings: Findings) -> None:
        self._read = read
        self._findings = findings
        self._within: list[Path] = []
        self._files = 0

    def whole(self, tree: Node, path: str) -> Node:
        """Return the tree with all that it includes and extends."""
        folder = Path(path).parent
        if isinstance(tree, Mapping):
            tree = self._with_example_files(tree, folder)
        if not isinstance(tree, Mapping) or not any(tree.get(key) for key in DIRECTIVES):
            return tree
        own = tree.without(DIRECTIVES)
        merged = Mapping((), tree.span)
        for key, replacing in (("extends", True), ("include", False)):
            for name, span in self._named(tree, key):
                merged = self._merge(merged, self._file(name, span, folder), replacing=replacing)
        removed = tree.get("remove")
        if removed is not None:
            merged = self._remove(merged, removed)
        return self._merge(merged, own, replacing=tree.get("extends") is not None)

    def _named(self, tree: Mapping, key: str) -> list[tuple[str, Span]]:
        node = tree.get(key)
        names = [] if node is None else one_or_many(word)(node, self._findings)
        return [] if node is None else [(name, node.span) for name in names]

    def _file(self, name: str, span: Span, folder: Path) -> Mapping:
        nothing = Mapping((), span)
        path = folder / name if Path(name).suffix else shipped_books().get(name)
        if path is None:
            known = ", ".join(shipped_books())
            self._findings.add("no-such-include", span, name=name, known=known)
            return nothing
        if path.resolve() in self._within:
            circle = " -> ".join(each.name for each in (*self._within, path))
            self._findings.add("include-in-circle", span, circle=circle)
            return nothing
        self._within.append(path.resolve())
        tree = self._tree_of(path, span)
        whole = nothing if tree is None else self.whole(tree, str(path))
        self._within.pop()
        return whole if isinstance(whole, Mapping) else nothing

    def _tree_of(self, path: Path, span: Span) -> Node | None:
        """Return the tree of a file that is named at a place, or None with a finding."""
        self._files += 1
        if self._files > MOST_FILES:
            self._findings.add("too-many-files", span, most=MOST_FILES)
            return None
        return self._read(path, span)

    def _with_example_files(self, tree: Mapping, folder: Path) -> Mapping:
        """Return the tree with the examples that stand in files of their own."""
        examples = tree.get("examples")
        if not isinstance(examples, Listing):
            return tree
        items = [each for item in examples.items for each in self._examples(item, folder)]
        if len(items) == len(examples.items) and all(map(is_, items, examples.items)):
            return tree
        return tree.but("examples", Listing(tuple(items), examples.span))

    def _examples(self, item: Node, folder: Path) -> tuple[Node, ...]:
        """Return an example, or those of the file that it names: a table, or YAML."""
        file = item.get("file") if isinstance(item, Mapping) else None
        if file is None or not isinstance(item, Mapping):
            return (item,)
        name = word(file, self._findings)
        found = None if name is None else self._tree_of(folder / name, file.span)
        if found is None or name is None:
            return ()
        if isinstance(found, Block):
            rest = item.without(("file", "rows")).entries
            title = () if item.get("name") else ((_key("name", file), _key(Path(name).stem, file)),)
            return (Mapping((*title, *rest, (_key("rows", file), found)), item.span),)
        if isinstance(found, Mapping):
            found = found.get("examples") or found
        if not isinstance(found, Listing):
            self._findings.add("want-list", found.span)
            return ()
        return found.items

    def _merge(self, base: Mapping, own: Mapping, *, replacing: bool) -> Mapping:
        """Return both trees as one. What stands in both is replaced, or a finding."""
        entries = dict(_by_key(base))
        for name, (key, node) in _by_key(own):
            merged = node
            if name in entries and name in SECTIONS:
                merged = self._merge_section(name, entries[name][1], node, replacing=replacing)
            elif name in entries and name in LISTS:
                merged = self._merge_items(name, entries[name][1], node, replacing=replacing)
            entries[name] = (key, merged)
        return Mapping(tuple(entries.values()), own.span)

    def _merge_section(self, section: str, base: Node, own: Node, *, replacing: bool) -> Node:
        if not isinstance(base, Mapping) or not isinstance(own, Mapping):
            return own
        entries = dict(_by_key(base))
        for name, (key, node) in _by_key(own):
            merged = node
            if name in entries and section == "criteria":
                merged = self._merge_criterion(entries[name][1], node, replacing=replacing)
            elif name in entries and not replacing:
                self._twice(name, key.span, entries[name][0].span)
            entries[name] = (key, merged)
        return Mapping(tuple(entries.values()), own.span)

    def _merge_criterion(self, base: Node, own: Node, *, replacing: bool) -> Node:
        """Return a criterion with the rules of both."""
        if not isinstance(base, Mapping) or not isinstance(own, Mapping):
            return own
        entries = dict(_by_key(base))
        for name, (key, node) in _by_key(own):
            merged = node
            if name == "rules" and name in entries:
                merged = self._merge_items(name, entries[name][1], node, replacing=replacing)
            entries[name] = (key, merged)
        return Mapping(tuple(entries.values()), own.span)

    def _merge_items(self, section: str, base: Node, own: Node, *, replacing: bool) -> Node:
        if not isinstance(base, Listing) or not isinstance(own, Listing):
            return own
        key = LISTS[section]
        items = {_name_of(item, key) or f"\0{place}": item for place, item in enumerate(base.items)}
        for place, item in enumerate(own.items, start=len(items)):
            name = _name_of(item, key) or f"\0{place}"
            if name in items and not replacing:
                self._twice(name, item.span, items[name].span)
            items[name] = item
        return Listing(tuple(items.values()), own.span)

    def _twice(self, name: str, place: Span, first: Span) -> None:
        there = f"{Path(first.file).name}:{first.line}"
        self._findings.add("included-twice", place, name=name, first=there)

    def _remove(self, tree: Mapping, removed: Node) -> Mapping:
        """Return the tree without what ``remove:`` names, section by section."""
        if not isinstance(removed, Mapping):
            self._findings.add("want-names", removed.span)
            return tree
        for key, node in removed.entries:
            if key.text not in (*SECTIONS, *LISTS):
                known = ", ".join((*SECTIONS, *LISTS))
                self._findings.add("unknown-key", key.span, key=key.text, keys=known)
                continue
            tree = self._without_named(tree, key.text, node)
        return tree

    def _without_named(self, tree: Mapping, section: str, node: Node) -> Mapping:
        for name in one_or_many(word)(node, self._findings):
            smaller = _removed(tree, section, name)
            if smaller is None:
                self._findings.add("nothing-to-remove", node.span, name=name, section=section)
            tree = smaller or tree
        return tree


def _removed(tree: Mapping, section: str, name: str) -> Mapping | None:
    """Return the tree without one thing of a section, None where there is no such thing."""
    if section == "rules":
        criteria = tree.get("criteria")
        entries = criteria.entries if isinstance(criteria, Mapping) else ()
        for key, node in entries:
            smaller = _removed(node, "rules_here", name) if isinstance(node, Mapping) else None
            if smaller is not None and isinstance(criteria, Mapping):
                return tree.but("criteria", criteria.but(key.text, smaller))
        return None
    key_of_list = "rules" if section == "rules_here" else section
    found = tree.get(key_of_list)
    if isinstance(found, Mapping) and found.get(name) is not None:
        return tree.but(section, found.without((name,)))
    if isinstance(found, Listing):
        kept = tuple(each for each in found.items if _name_of(each, LISTS[key_of_list]) != name)
        if len(kept) < len(found.items):
            return tree.but(key_of_list, Listing(kept, found.span))
    return None


def _key(text: str, place: Node) -> Scalar:
    return Scalar(text, place.span)


def _by_key(tree: Mapping) -> Iterator[tuple[str, tuple[Scalar, Node]]]:
    return ((key.text, (key, node)) for key, node in tree.entries)


def _name_of(item: Node, key: str) -> str | None:
    found = item.get(key) if isinstance(item, Mapping) else None
    return found.text if isinstance(found, Scalar) else None
