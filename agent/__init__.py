"""The doors: command line, service, client."""

import os

# Read once by LangGraph when it is imported: a checkpoint may bring only types to life that are on a list.
os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
