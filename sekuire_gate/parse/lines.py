"""From an index into a text to a line and a column, and back to the text: how every place is made."""

from bisect import bisect_right

from sekuire_gate.model.source import Location, SourceText


class Lines:
    """One file's text, cut into lines at LF and CRLF only: as editors and GitHub count them."""

    def __init__(self, text: str, path: str) -> None:
        """Keep the text.

        Args:
            text: decoded, without a leading byte order mark.
            path: relative to the root, `/` between folders.
        """
        self.text = text
        self.source = SourceText(path, text)
        self._starts = self.source.starts

    def at(self, start: int, end: int, pointer: str = "") -> Location:
        """Return the place of `text[start:end]`; indexes past the text mean its end."""
        line, column = self._place(start)
        if end < self._starts[min(line, len(self._starts) - 1)]:
            end_line, end_column = line, column + end - start
        else:
            end_line, end_column = self._place(end)
        return Location(self.source.path, line, column, end_line, end_column, pointer, self.source)

    def line_start(self, index: int) -> int:
        """Return where the line begins that an index stands in."""
        return self._starts[bisect_right(self._starts, index) - 1]

    def _place(self, index: int) -> tuple[int, int]:
        index = min(index, len(self.text))
        line = bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1
