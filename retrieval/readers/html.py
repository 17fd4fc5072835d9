"""HTML: the main text with its headings, lists and tables; what is not shown, or only leads elsewhere, is dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from retrieval.errors import DocumentError
from retrieval.readers.body import Body, squeeze
from retrieval.readers.encoding import decode
from retrieval.readers.parsed import Limits, Parsed
from retrieval.readers.years import year_of

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_DROPPED = {
    *(
        "script",
        "style",
        "noscript",
        "template",
        "nav",
        "aside",
        "footer",
        "form",
        "button",
        "select",
        "textarea",
        "svg",
        "iframe",
        "object",
    ),
    *("embed", "canvas", "video", "audio", "map", "dialog", "head", "math", "input", "img", "picture"),
}
_ROLES = {"navigation", "banner", "contentinfo", "search", "menu", "menubar", "dialog", "complementary"}
_BOILERPLATE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|breadcrumbs?|sidebar|footer|share|cookies?|pagination|toolbar|advert)(?:$|[\s_-])", re.I
)
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$))", re.I)
_BLOCKS = {
    *("p", "div", "section", "article", "main", "body", "html", "blockquote", "figure", "figcaption", "pre", "address", "header", "center"),
    *("fieldset", "details", "summary", "ul", "ol", "dl", "li", "dt", "dd", "table", "tbody", "thead", "tr", "td", "th", "caption", "hr"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
}
_DEEPEST = 120
_SPAN = 40


def read(path: Path, limits: Limits) -> Iterator[Parsed]:
    """Yield the one document of a page.

    Raises:
        DocumentError: not text, of an unknown encoding, or without any text to show.
    """
    from lxml import html

    raw = path.read_bytes()
    charset = _CHARSET.search(raw[:4096])
    text = decode(raw, path, _python_name(charset[1].decode("ascii", "ignore")) if charset else "")
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    root = html.document_fromstring(text.encode("utf-8", "ignore"), parser=parser)
    if any("excessive depth" in entry.message.lower() for entry in parser.error_log):
        raise DocumentError("document_damaged", path=str(path), reason="elements nested too deeply")
    facts = _facts(root)
    _drop(root)
    page = _Page()
    page.walk(_main(root), 0)
    page.flush()
    if not (body := page.body.finish()[0]):
        raise DocumentError("document_empty", path=str(path))
    yield Parsed(
        body, title=page.title or facts.get("title", ""), publisher=facts.get("publisher", ""), year=year_of(facts.get("year", ""))
    )


def _python_name(charset: str) -> str:
    """Return what browsers take a label for: GB 2312 and GBK mean GB 18030, Latin-1 means Windows-1252."""
    name = charset.lower()
    return {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252"}.get(name, name)


def _facts(root: Any) -> dict[str, str]:
    """Return title, publisher and date as the page's head names them."""
    wanted = {
        "title": ("citation_title", "og:title", "dc.title"),
        "publisher": ("citation_publisher", "dc.publisher", "og:site_name", "author", "dc.creator", "citation_author"),
        "year": ("citation_publication_date", "citation_date", "article:published_time", "dc.date", "date", "pubdate"),
    }
    named: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        named.setdefault(name, squeeze(meta.get("content") or "")[:200])
    found = {fact: next((named[name] for name in names if named.get(name)), "") for fact, names in wanted.items()}
    head = root.find(".//title")
    found["title"] = found["title"] or (squeeze(head.text or "")[:200] if head is not None else "")
    return found


def _main(root: Any) -> Any:
    """Return the element that holds the text: ``main``, the only ``article``, or the body."""
    mains = root.xpath("//main | //*[@role='main']")
    articles = root.xpath("//article[not(ancestor::article)]")
    for chosen in mains[:1] or (articles if len(articles) == 1 else []):
        if len(chosen.text_content()) >= 200:
            return chosen
    return root if root.find("body") is None else root.find("body")


def _drop(root: Any) -> None:
    for element in list(root.iterdescendants()):
        if _is_dropped(element) and element.getparent() is not None:
            element.drop_tree()


def _is_dropped(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in _DROPPED or element.get("hidden") is not None:
        return True
    if element.get("aria-hidden") == "true" or (element.get("role") or "").lower() in _ROLES or _HIDDEN.search(element.get("style") or ""):
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return _BOILERPLATE.search(names) is not None and _is_mostly_links(element)


def _is_mostly_links(element: Any) -> bool:
    linked = sum(len(link.text_content()) for link in element.iter("a"))
    return linked * 2 > len(element.text_content().strip())


class _Page:
    """Collects the text of a page."""

    def __init__(self) -> None:
        self.body, self.title = Body(), ""
        self._inline: list[str] = []

    def flush(self) -> None:
        """End the paragraph."""
        text = "\n".join(squeeze(line) for line in "".join(self._inline).split("\v"))
        self._inline.clear()
        self.body.paragraph(text)

    def walk(self, element: Any, depth: int) -> None:
        """Add an element and what is in it; below ``_DEEPEST`` only its words."""
        if depth > _DEEPEST:
            self._inline.append(element.text_content())
            return
        block = element.tag in _BLOCKS
        if block:
            self.flush()
        handler = {"ul": self._list, "ol": self._list, "table": self._table, "dl": self._definitions}.get(element.tag)
        if element.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self._heading(element)
        elif handler:
            handler(element, depth)
        else:
            if element.tag == "br":
                self._inline.append("\v")
            self._children(element, depth)
        if block:
            self.flush()

    def _children(self, element: Any, depth: int) -> None:
        self._inline.append(element.text or "")
        for child in element:
            self.walk(child, depth + 1)
            self._inline.append(child.tail or "")

    def _heading(self, element: Any) -> None:
        text = squeeze(_words(element))
        if element.tag == "h1" and not self.title:
            self.title = text
        self.body.heading(int(element.tag[1]), text)

    def _list(self, element: Any, depth: int, level: int = 0) -> None:
        number = 0
        for child in element:
            if child.tag in ("ul", "ol"):
                self._list(child, depth + 1, level + 1)
                continue
            number += 1
            nested = [inner for inner in child if inner.tag in ("ul", "ol")]
            self.body.item(_words(child, ("ul", "ol")), level, f"{number}." if element.tag == "ol" else "-")
            for inner in nested if depth < _DEEPEST else ():
                self._list(inner, depth + 1, level + 1)

    def _definitions(self, element: Any, depth: int) -> None:
        name = ""
        for child in element.iter("dt", "dd"):
            words = squeeze(_words(child))
            if child.tag == "dd" and words:
                self.body.item(f"{name}：{words}" if name else words)
            name = words if child.tag == "dt" else name

    def _table(self, element: Any, depth: int) -> None:
        rows = list(_rows(element))
        if element.find(".//table") is not None or len(rows) < 2 or max(map(len, rows)) < 2:
            self._children(element, depth)  # a frame for layout, not a table
            return
        caption = element.find("caption")
        if caption is not None:
            self.body.paragraph(_words(caption))
        self.body.table(rows)


def _rows(table: Any) -> Iterator[list[str]]:
    """Yield the rows; a cell that spans rows is repeated in each, so that each row says what it belongs to."""
    held: dict[int, tuple[int, str]] = {}
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in (cell for cell in row if cell.tag in ("td", "th")):
            _fill(cells, held)
            down, across = (_number(cell.get(name)) for name in ("rowspan", "colspan"))
            text = squeeze(_words(cell))
            if down > 1:
                held[len(cells)] = (down - 1, text)
            cells += [text, *[""] * (across - 1)]
        _fill(cells, held)
        if cells:
            yield cells


def _fill(cells: list[str], held: dict[int, tuple[int, str]]) -> None:
    while len(cells) in held:
        left, text = held.pop(len(cells))
        if left > 1:
            held[len(cells)] = (left - 1, text)
        cells.append(text)


def _number(text: str | None) -> int:
    return min(int(text), _SPAN) if text and text.isdigit() and len(text) < 6 and int(text) else 1


def _words(element: Any, without: tuple[str, ...] = ()) -> str:
    """Return the text of an element, to be squeezed into one line; the elements named in ``without`` are left out."""
    return "".join(_pieces(element, without))


def _pieces(element: Any, without: tuple[str, ...]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag in _BLOCKS or child.tag == "br":
            yield " "
        if child.tag not in without:
            yield from _pieces(child, without)
        yield child.tail or ""
