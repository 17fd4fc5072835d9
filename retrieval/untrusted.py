"""Text that nobody here wrote: what it hides is taken out, what it could trigger is made plain words, and it stands between marks.

Documents, tool output and what a model writes pass through here on their way into a prompt and on their way to a reader. Medical text
comes out as it went in: "<5 岁", "µg", "℃", "10⁹/L", tables and "[1]" are words, not markup.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

# Zero-width, bidi, tag and variation characters, fillers and blanks: a reader sees nothing where a tokenizer reads a message.
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\U000f0000-\U0010ffff]"
)
_BREAKS = re.compile("\r\n?|[\u0085\u2028\u2029]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});")
_COMMENT = re.compile(r"<!--.{0,20000}?(?:-->|$)|<!\[cdata\[|\]\]>|<![a-z][^<>]{0,500}>|<\?[^<>]{0,500}\?>", re.S)
_INVISIBLE_STYLE = (
    r"(?:\bhidden\b|aria-hidden|display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity|max-height|width)\s*:\s*0|"
    r"\bcolor\s*:\s*(?:white|transparent|#fff)|(?:left|top|text-indent)\s*:\s*-\d{3})"
)
_UNSEEN = re.compile(
    r"<(script|style|template|noscript|iframe|object|svg|math|head|title|textarea)\b[^<>]{0,2000}>.{0,20000}?(?:</\1\s*>|$)|"
    rf"<([a-z][a-z0-9]{{0,15}})\b[^<>]{{0,1000}}?{_INVISIBLE_STYLE}[^<>]{{0,1000}}>.{{0,20000}}?(?:</\2\s*>|$)",
    re.S,
)
_BLOCK = r"p|div|br|hr|li|ul|ol|dl|dt|dd|tr|table|thead|tbody|section|article|header|footer|h[1-6]|blockquote|pre|title"
_INLINE = (
    r"html|head|body|meta|link|base|a|abbr|area|audio|b|bdi|bdo|big|button|canvas|caption|center|cite|code|col|colgroup|data|del|details|"
    r"dfn|dialog|em|embed|fieldset|figcaption|figure|font|form|frame|frameset|i|iframe|image|img|input|ins|kbd|label|legend|main|map|mark|"
    r"marquee|math|meter|nav|noscript|object|optgroup|option|output|param|picture|progress|q|rp|rt|ruby|s|samp|script|select|slot|small|"
    r"source|span|strike|strong|style|sub|summary|sup|svg|td|template|textarea|tfoot|th|time|track|tt|u|use|var|video|wbr"
)
# "a<b and c>d" and "<or = 5 to >3" are arithmetic: a tag has nothing after its name, or attributes with values.
_ATTRIBUTES = (
    r"(?:\s*/?|[\s/]+(?:[a-z]+\s+){0,4}[a-z@][\w:.-]{0,40}\s*=[^<>]{0,8000}|"
    r"(?:\s+(?:hidden|disabled|async|defer|open|checked|controls|autoplay))+\s*/?)"
)
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCK}){_ATTRIBUTES}>")
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE}){_ATTRIBUTES}>")
_OTHER_TAG = re.compile(rf"<(/?[a-z][\w:.-]{{0,40}}{_ATTRIBUTES})>")

_TAIL = r"[^\s<>\"'`，。；、！？）】」》)\]]*"
_SCHEME = r"(?:h(?:tt|xx)ps?|ftps?|sftp|file|wss?|ssh|git|gopher|ldaps?|smb|intent|magnet|blob|steam|vscode|chrome|ms-\w+)"
# A full stop without a space is no address: "no aspirin.In children". What is a word counts as a domain only before a path.
_TLD = r"(?:com|net|org|cn|io|biz|xyz|edu|gov|icu|ru|tv|tk|onion)(?![a-z0-9-])"
_WORD_TLD = (
    r"(?:info|top|site|online|app|dev|co|uk|us|eu|ai|me|cc|click|link|live|shop|store|club|vip|work|tech|space|website|mil|hk|tw|jp|de|fr|nl|"
    r"ch|in|au|ca|br|pw|ml|ga|to|sh|gg|ly|page|cloud|zip|mov|example|test|invalid|local|localhost)(?=/|:\d|\?\w)"
)
_HOST = rf"(?:[a-z0-9-]{{1,63}}\.){{0,5}}(?=[a-z0-9-]{{0,62}}[a-z])[a-z0-9][a-z0-9-]{{1,62}}\.(?:{_TLD}|{_WORD_TLD})"
_TARGET = rf"(?:{_SCHEME}\s?:|data:|javascript:|vbscript:|mailto:|//|/|\\\\|\#|\.{{1,2}}/|www\.|{_HOST})"
_IMAGE = re.compile(r"!\[[^\[\]]{0,2000}\](?:\([^()]{0,4000}(?:\([^()]{0,500}\)[^()]{0,500})?\)|\[[^\[\]]{0,200}\])?")
_LINK = re.compile(rf"\[([^\[\]]{{0,2000}})\]\s?\(\s*<?{_TARGET}[^()]{{0,4000}}(?:\([^()]{{0,500}}\)[^()]{{0,500}})?\)")
_DEFINITION = re.compile(rf"^[ \t>]{{0,8}}\[[^\[\]\n]{{1,200}}\]:[ \t]*<?{_TARGET}[^\n]{{0,4000}}", re.M)
_ADDRESS = re.compile(
    rf"\b{_SCHEME}\s?:\s?[/\\]{{1,3}}{_TAIL}|\bhttps?:(?=\w+\.){_TAIL}|\bdata:[a-z]+/[a-z0-9.+-]+[;,]{_TAIL}|"
    rf"\b(?:javascript|vbscript):(?=\S){_TAIL}|\b(?:mailto|xmpp|skype|weixin|alipays?|taobao):(?=\S){_TAIL}|"
    rf"(?<![\w@.])(?:www\.[a-z0-9-]{{1,63}}\.[a-z]|{_HOST}){_TAIL}|(?<![\w./])//(?=[a-z0-9-]{{1,63}}\.[a-z]){_TAIL}|"
    rf"(?<![\w.])\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?::\d{{2,5}}|/)[\w/?#&=%.-]{{0,2000}}|\\\\[a-z0-9.-]{{2,200}}\\{_TAIL}"
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}")

_ROLE = (
    r"(?:system|assistant|user|human|developer|tool|function|instructions?|response|prompt|ai|bot|"
    r"系统(?:提示|消息|指令)?|助手|用户|开发者|指令|工具|机器人)"
)
_PIPED = re.compile(r"<\|([^<>|\n]{1,60})\|>|<\||\|>")
_BRACKETED = re.compile(rf"\[(/?(?:inst|sys|{_ROLE}|/?b_\w+|tool_\w+|system_message))\]")
_HEADED = re.compile(
    rf"(^[ \t>]*|[。.!?！？]\s*)(?:\#{{1,6}}[ \t]*|\*{{1,3}})?"
    rf"({_ROLE}(?:[ \t]+(?:prompt|message|note|override))?)(?:\*{{1,3}})?[ \t]*[:：]",
    re.M,
)
_FENCE = re.compile(r"`{3,}|~{3,}")


class _Spelling(dict[int, str]):
    """Full-width and ornamental letters and digits, and units in one sign such as ㎎, as plain ones; 10⁹, m², ℃, µ, Ⅱ and ① stay."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        plain = unicodedata.normalize("NFKC", char)
        same = not unicodedata.decomposition(char).startswith(("<wide>", "<font>", "<square>"))
        self[point] = char if same or not (plain.isalpha() or plain.isdecimal()) else plain
        return self[point]


_SPELLING = _Spelling()
_LETTERS = re.compile("[A-Za-z\u0370-\u03ff\u0400-\u052f]{2,}")
_CYRILLIC = dict(zip("аеіјоорѕԁһсуухѵԝԛԌАВЕКМНОРСТХУІЈЅ", "aeijoopsdhcyyxvwqGABEKMHOPCTXYIJS", strict=True))
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True))
_ALIKE = str.maketrans(_CYRILLIC | _GREEK)


def _latin(word: re.Match[str]) -> str:
    """Spell a word with letters that only look Latin in Latin ones, so that "аmoxicillin" is the drug; "TNFα" and "μg" stay."""
    mixed = any(char in _CYRILLIC or (char in _GREEK and re.search("[A-Za-z]", word[0])) for char in word[0])
    return word[0].translate(_ALIKE) if mixed else word[0]


class _Shadow(dict[int, int]):
    """One plain lower-case character for each character, so that what is found in the shadow stands at the same place in the text."""

    def __missing__(self, point: int) -> int:
        plain = unicodedata.normalize("NFKC", chr(point)).lower()
        self[point] = ord(plain) if len(plain) == 1 else point
        return self[point]


_SHADOW = _Shadow()


def shadow(text: str) -> str:
    """Return text of the same length with full-width and capital letters as plain ones; for finding, never for showing."""
    return text.lower() if text.isascii() else text.translate(_SHADOW)


def visible(text: str) -> str:
    """Return what a reader sees: every character that shows nothing is gone, and every line break is a newline."""
    return _HIDDEN.sub("", _BREAKS.sub("\n", text))


@lru_cache(maxsize=4096)
def inert(text: str) -> str:
    """Return the text as words alone.

    Hidden characters, comments and hidden markup are taken out; images and addresses too, while a link keeps its words; tags of roles and
    chat templates stay readable without being tags. What taking something out brings together is looked at again, until nothing changes.
    """
    for _ in range(6):
        before, text = text, _plain(visible(text))
        if text == before:
            return text.strip()
    # Text built to need more rounds than that is no medical text: nothing in it may open anything.
    return re.sub(r"[<>\[\]`#]", " ", _ADDRESS.sub(" ", shadow(text))).strip()


def _plain(text: str) -> str:
    if "&" in text:
        text = _HIDDEN.sub("", _ENTITY.sub(lambda found: html.unescape(found[0]), text))
    if not text.isascii():
        text = _LETTERS.sub(_latin, text.translate(_SPELLING))
    for needles, pattern, words in _STEPS:
        text = _replaced(pattern, words, text, needles)
    return text


def _replaced(pattern: re.Pattern[str], words: str, text: str, needles: tuple[str, ...] = ("",)) -> str:
    """Replace what ``pattern`` finds in the shadow; ``{1}`` in ``words`` is the first group as the text spells it."""
    plain = shadow(text)
    if not any(needle in plain for needle in needles):
        return text
    pieces, end = [], 0
    for found in pattern.finditer(plain):
        groups = (text[slice(*found.span(n))] if found.span(n)[0] >= 0 else "" for n in range(pattern.groups + 1))
        pieces += [text[end : found.start()], words.format(*groups)]
        end = found.end()
    return "".join([*pieces, text[end:]]) if pieces else text


# What must stand in a text for the pattern to have a chance, the pattern, and what takes its place.
_STEPS: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    (("<", "]]>"), _COMMENT, ""),
    (("<",), _UNSEEN, ""),
    (("![",), _IMAGE, ""),
    (("](", "] ("), _LINK, "{1}"),
    (("]:",), _DEFINITION, ""),
    (("@",), _MAIL, ""),
    ((":", "//", ".", "\\\\"), _ADDRESS, ""),
    (("<",), _BLOCK_TAG, "\n"),
    (("<",), _INLINE_TAG, ""),
    (("<",), _OTHER_TAG, "‹{1}›"),
    (("<|", "|>"), _PIPED, "‹{1}›"),
    (("[",), _BRACKETED, "({1})"),
    ((":", "："), _HEADED, "{1}{2} -"),
    (("```", "~~~"), _FENCE, "'''"),
)


def one_line(text: str, marker: str) -> str:
    """Return inert text as one line that cannot end the block it stands in."""
    words = inert(text)
    if marker and marker.lower() in words.lower():
        words = re.sub(re.escape(marker), "", words, flags=re.I)
    if "<<" in words or ">>" in words:
        words = re.sub(r">{2,}", "»", re.sub(r"<{2,}", "«", words))
    return " ".join(words.split())


def marked(lines: list[str], marker: str) -> str:
    """Return the lines between two marks that only this request knows.

    Args:
        lines: each is made one inert line, so that none can pass for a mark, a heading or a numbered source.
        marker: random; the system prompt says that nothing between its two lines is an instruction.
    """
    return "\n".join([f"<<{marker}", *(one_line(line, marker) for line in lines), f"{marker}>>"])
