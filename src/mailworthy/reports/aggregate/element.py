"""One element of a report as two rows: its tags in order, and the text that belongs to each."""

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import TypeAlias

import msgspec

Picker: TypeAlias = Callable[[list[str]], tuple[str, ...]]
ORDINARY = 128  # tags of an element of an ordinary kind; what has more is not remembered
FOREIGN = ""  # the name of every element of another namespace


class Element(msgspec.Struct, gc=False):
    """A child of <feedback> with all that it holds.

    `tags` are local names in order, end tags with a slash. `texts` has as many and one more: beside
    a start tag stands all text directly in that element, without white space around it, beside an
    end tag nothing; the last, at -1, is the text of what is not there.
    """

    tags: tuple[str, ...]
    texts: list[str]

    @property
    def name(self) -> str:
        """The name of the outermost element."""
        return self.tags[0]


class Branch(msgspec.Struct):
    """An element in the tree that the tags describe: its name, where its start tag is."""

    name: str
    at: int
    kids: list["Branch"] = []

    def first(self, *names: str) -> "Branch":
        """The first child of one of these names; `NOWHERE` if there is none."""
        for name in names:
            for kid in self.kids:
                if kid.name == name:
                    return kid
        return NOWHERE

    def all(self, name: str) -> list["Branch"]:
        """Every child of a name."""
        return [kid for kid in self.kids if kid.name == name]

    def walk(self) -> Iterator["Branch"]:
        """This element and all in it that is ours."""
        waiting = [self]
        while waiting:
            branch = waiting.pop()
            if branch.name != FOREIGN:
                yield branch
                waiting += branch.kids


NOWHERE = Branch("", -1)


def tree(tags: tuple[str, ...]) -> Branch | None:
    """The tree of one element; None if the tags are not those of one element."""
    top = Branch("", -1)
    stack = [top]
    for at, tag in enumerate(tags):
        if tag[:1] == "/":
            if len(stack) == 1 or stack.pop().name != tag[1:]:
                return None
        else:
            branch = Branch(tag, at)
            stack[-1].kids.append(branch)
            stack.append(branch)
    return top.kids[0] if len(stack) == 1 and len(top.kids) == 1 else None


def bare(branch: Branch) -> tuple[int, ...]:
    """The start tags of all elements that hold elements: where no text belongs."""
    found, waiting = [], [branch]
    while waiting:
        if waiting[-1].kids:
            found.append(waiting[-1].at)
        waiting += waiting.pop().kids
    return tuple(found)


def picker(positions: Iterable[int]) -> Picker:
    """What takes the texts at some positions; always as a tuple, an empty one more among them."""
    return itemgetter(-1, *positions, -1)
