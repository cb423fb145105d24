"""One element of a report with all that it holds."""

import msgspec


class Node(msgspec.Struct, gc=False):
    """An element: its local name ("" for one of another namespace), its text, its children."""

    name: str
    text: str = ""
    kids: list["Node"] = []
