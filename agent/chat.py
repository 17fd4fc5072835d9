"""The terminal chat: one loop, a handful of commands, Ctrl-C cancels an answer."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from rich.console import Console
from rich.markup import escape

from agent.errors import AgentError
from agent.memory_commands import MemoryCommands
from agent.remembered import remembered_line
from agent.schema import DoneEvent, Event, MemoryEvent, SafetyEvent, SourcesEvent, StatusEvent, TokenEvent, Turn
from agent.service import ConsultService
from agent.why import search_lines
from configs.errors import ShensiError
from configs.locales import text
from graphs.errors import QuestionRejected
from memory.errors import BadRecord, EditRefused

Reader = Callable[[str], Awaitable[str | None]]


class Chat:
    """One person at one terminal."""

    def __init__(self, service: ConsultService, console: Console, thread: str | None, language: str | None) -> None:
        self.service = service
        self.console = console
        self.thread = thread or service.new_thread()
        self.language = language
        self.last: Turn | None = None
        self.memory = MemoryCommands(service.record, self.say, lambda: self.shown, self._forget_files)

    async def _forget_files(self) -> int:
        from agent.server.uploads import Uploads

        context = self.service.context
        uploads = Uploads(self.service.stores, context.retriever, self.service.settings.storage.data_dir)
        return await uploads.forget(context.tenant, context.owner)

    @property
    def shown(self) -> str:
        """The language of everything around the answers."""
        return self.language or "zh"

    def say(self, key: str, style: str = "", **values: object) -> None:
        """Print a text of the locale files."""
        self.console.print(escape(text(self.shown, key, **values)), style=style, highlight=False, soft_wrap=True)

    async def answer(self, question: str) -> None:
        """Run one turn and print it as it comes."""
        await self._play(self.service.stream(question, thread=self.thread, language=self.language))

    async def resume(self) -> None:
        """Finish what a crash cut off, if anything."""
        if await self.service.unfinished(self.thread) is not None:
            self.say("chat.resuming", "dim")
            await self._play(self.service.resume(self.thread))

    async def _play(self, events: AsyncGenerator[Event, None]) -> None:
        async with aclosing(events) as stream:
            async for event in stream:
                self._show(event)

    def _show(self, event: Event) -> None:
        if isinstance(event, StatusEvent):
            self.console.print(f"· {escape(event.label)}", style="dim", highlight=False)
        elif isinstance(event, SafetyEvent) and event.level == "emergency":
            self.console.rule(style="bold red")
        elif isinstance(event, SourcesEvent):
            self.say("chat.sources_found", "dim", count=len(event.sources))
        elif isinstance(event, TokenEvent):
            self.console.print(escape(event.text), end="", highlight=False, soft_wrap=True, emoji=False)
        elif isinstance(event, MemoryEvent):
            line = remembered_line(event.facts, event.waiting, self.shown, terminal=True)
            self.console.print()
            self.console.print(escape(line), style="dim", highlight=False, soft_wrap=True)
        elif isinstance(event, DoneEvent):
            self.last = event.turn
            self.console.print()

    async def command(self, line: str) -> bool:
        """Run a command; ``False`` means that ``line`` is none."""
        name, _, rest = line.partition(" ")
        if line.lower() in ("new chat", "/new"):
            self.thread, self.last = self.service.new_thread(), None
            self.say("chat.new")
        elif name in ("/help", "/?"):
            self.say("chat.help")
        elif await self.memory.run(name, rest.strip()):
            pass
        elif name == "/sources":
            self._sources()
        elif name == "/why":
            self._why()
        elif name == "/lang":
            self._lang(rest.strip())
        elif name.startswith("/"):
            self.say("chat.unknown_command", command=name)
        else:
            return False
        return True

    def _sources(self) -> None:
        if not self.last or not self.last.citations:
            self.say("chat.no_sources")
            return
        for c in self.last.citations:
            self.say(
                "chat.source_line",
                "bold",
                n=c.n,
                document=c.document,
                section=c.section,
                source=c.source,
                publisher=c.publisher,
                year=c.year or "",
            )
            marked = escape(c.snippet[: c.start]) + f"[reverse]{escape(c.snippet[c.start : c.end])}[/reverse]" + escape(c.snippet[c.end :])
            self.console.print(f"    {marked}", highlight=False, soft_wrap=True, emoji=False)

    def _why(self) -> None:
        if not self.last:
            self.say("chat.no_answer")
            return
        turn = self.last
        self.say("chat.why_head", writer=text(self.shown, f"chat.writer_{turn.writer}"), rounds=turn.rounds)
        self.say("chat.why_reviewed" if turn.reviewed else "chat.why_rules_only")
        for finding in turn.findings:
            severity = text(self.shown, f"findings.severity_{finding.severity}")
            self.say("chat.why_finding", severity=severity, reason=finding.reason, rule=finding.rule, source=finding.source or "-")
        for change in turn.changes:
            self.say("chat.why_changed" if change.after else "chat.why_removed", after=change.after, reason=change.reason)
        if not turn.findings and not turn.changes:
            self.say("chat.why_clean")
        for line in (line for search in turn.searches for line in search_lines(search, self.shown)):
            self.console.print(escape(line), highlight=False, style="dim")

    def _lang(self, language: str) -> None:
        if language not in ("zh", "en"):
            self.say("chat.lang_usage")
            return
        self.language = language
        self.say("chat.lang_set")


async def chat(service: ConsultService, console: Console, *, thread: str | None, language: str | None) -> int:
    """Talk until the end of input.

    Returns:
        The exit status: 0.
    """
    session = Chat(service, console, thread, language)
    session.say("chat.welcome", "bold")
    if service.context.models is None:
        session.say("chat.no_model", "dim")
    if reason := service.context.retriever.status().embedder_reason:
        session.say("chat.no_embedder", "dim", reason=reason.message(session.shown))
    await session.resume()
    read = _reader()
    while (line := await read(text(session.shown, "chat.prompt"))) is not None and line.strip().lower() not in ("/exit", "/quit"):
        await _one_line(session, line.strip())
    session.say("chat.bye")
    return 0


async def _one_line(session: Chat, line: str) -> None:
    if not line:
        return
    try:
        if not await session.command(line):
            await _cancellable(session, line)
    except (QuestionRejected, AgentError, BadRecord, EditRefused) as error:
        session.console.print(escape(error.message(session.shown)), style="yellow", highlight=False)
    except ShensiError as error:
        session.console.print(escape(error.message(session.shown)), style="red", highlight=False)


async def _cancellable(session: Chat, line: str) -> None:
    """Answer; Ctrl-C ends the answer, not the program."""
    task = asyncio.ensure_future(session.answer(line))
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        await session.service.close_turn(session.thread)
        session.say("chat.cancelled", "yellow")
    finally:
        loop.remove_signal_handler(signal.SIGINT)


def _reader() -> Reader:
    """Return how lines are read: an editor that knows wide characters at a terminal, plain lines otherwise."""
    if not sys.stdin.isatty():
        return _plain_reader
    from prompt_toolkit import PromptSession

    prompt: PromptSession[str] = PromptSession()

    async def read(mark: str) -> str | None:
        while True:
            try:
                return await prompt.prompt_async(mark)
            except KeyboardInterrupt:
                continue  # Ctrl-C at the prompt only clears the line
            except EOFError:
                return None

    return read


async def _plain_reader(mark: str) -> str | None:
    line = await asyncio.to_thread(sys.stdin.buffer.readline)
    return line.decode("utf-8", "replace") if line else None
