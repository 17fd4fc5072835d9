"""The consult: draft → critique → refine, over evidence, with the patient's record. Read it as a table of contents."""

from __future__ import annotations

from langgraph.graph import END, START, StateGraph

from graphs.context import Context
from graphs.nodes.answer import answer
from graphs.nodes.critique import critique
from graphs.nodes.draft import draft
from graphs.nodes.emergency import emergency
from graphs.nodes.extract import extract
from graphs.nodes.intake import intake
from graphs.nodes.look import look
from graphs.nodes.refine import refine
from graphs.nodes.remember import remember
from graphs.nodes.retrieve import retrieve
from graphs.nodes.summarise import summarise
from graphs.nodes.tools import tools
from graphs.routing import does_the_draft_stand, does_the_model_want_a_tool, is_the_thread_long, what_is_needed
from graphs.state import ComposeOutput, ComposeState, ConsultInput, ConsultState

# Composing is a graph of its own, so that what else the model is asked, facts and urgency, runs beside retrieval *and* drafting.
compose = StateGraph(ComposeState, context_schema=Context, output_schema=ComposeOutput)
compose.add_node(retrieve)
compose.add_node(draft)
compose.add_node(tools)
compose.add_edge(START, "retrieve")
compose.add_edge("retrieve", "draft")
compose.add_conditional_edges("draft", does_the_model_want_a_tool)
compose.add_edge("tools", "draft")

builder = StateGraph(ConsultState, context_schema=Context, input_schema=ConsultInput)
builder.add_node(intake)
builder.add_node(emergency)
builder.add_node(extract)
builder.add_node(look)
builder.add_node("compose", compose.compile())
builder.add_node(critique)
builder.add_node(refine)
builder.add_node(answer)
builder.add_node(remember)
builder.add_node(summarise)

builder.add_edge(START, "intake")
builder.add_conditional_edges("intake", what_is_needed, ["emergency", "answer", "extract", "look", "compose"])
builder.add_edge(["extract", "look", "compose"], "critique")  # facts and danger told this turn count in this turn's audit
builder.add_conditional_edges("critique", does_the_draft_stand)
builder.add_edge("refine", "critique")  # a refined draft is audited again
builder.add_edge("answer", "remember")
builder.add_edge("emergency", "remember")
builder.add_conditional_edges("remember", is_the_thread_long)
builder.add_edge("summarise", END)
