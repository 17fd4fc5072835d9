"""What the load test is compared with: a bare LangGraph graph behind a bare FastAPI, with the same calls to the same model server.

Called as ``python -m evaluation.load_bare MODEL_URL``; it prints its address. No safety, memory, retrieval, audit or checkpoints.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any, TypedDict

import openai
import uvicorn
from fastapi import FastAPI
from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel


class State(TypedDict, total=False):
    """What the bare graph knows."""

    question: str
    facts: str
    draft: str
    critique: str
    answer: str


class Body(BaseModel):
    """A question."""

    content: str


def build(client: openai.AsyncOpenAI) -> Any:
    """Return the graph: two calls side by side, then one after another, as the real turn makes them."""

    async def call(role: str, words: str) -> str:
        shaped: Any = {"type": "json_schema", "json_schema": {"name": role, "schema": {}}} if role != "draft" else openai.omit
        done = await client.chat.completions.create(
            model="qwen-medical", messages=[{"role": "user", "content": words}], response_format=shaped
        )
        return str(done.choices[0].message.content)

    async def intake(state: State) -> State:
        return {"question": state["question"].strip()}

    async def extract(state: State) -> State:
        return {"facts": await call("facts", state["question"])}

    async def draft(state: State) -> State:
        return {"draft": await call("draft", f"[1] 血压升高要注意休息。\n{state['question']}")}

    async def critique(state: State) -> State:
        return {"critique": await call("critique", state["draft"])}

    async def refine(state: State) -> State:
        return {"answer": await call("refine", state["draft"])}

    builder = StateGraph(State)
    for node in (intake, extract, draft, critique, refine):
        builder.add_node(node)
    builder.add_edge(START, "intake")
    builder.add_edge("intake", "extract")
    builder.add_edge("intake", "draft")
    builder.add_edge(["extract", "draft"], "critique")
    builder.add_edge("critique", "refine")
    builder.add_edge("refine", END)
    return builder.compile()


async def main(model_url: str) -> None:
    """Serve until killed."""
    client = openai.AsyncOpenAI(base_url=model_url, api_key="none", http_client=openai.DefaultAioHttpClient(), max_retries=0)
    graph, app = build(client), FastAPI()

    @app.post("/v1/threads", status_code=201)
    async def thread() -> dict[str, str]:
        return {"id": "t"}

    @app.post("/v1/threads/{thread}/messages")
    async def message(thread: str, body: Body) -> dict[str, str]:
        return dict(await graph.ainvoke({"question": body.content}))

    class Server(uvicorn.Server):
        """Says where it listens."""

        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            sys.stdout.write(f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}\n")
            sys.stdout.flush()

    await Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, ws="none")).serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvicorn.Config(app="").get_loop_factory()) as runner:
        runner.run(main(sys.argv[1]))
