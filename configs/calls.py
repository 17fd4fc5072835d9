"""The part of a profile that bounds calls of the language model; ``llm.limits`` in a profile, ``SHENSI_LLM__LIMITS__…`` outside."""

from __future__ import annotations

from pydantic import Field

from configs.section import Section


class CallLimits(Section):
    """How long and how much the language model may be asked. Beyond each bound the evidence writer answers."""

    connect_s: float = Field(5.0, gt=0.0, le=60.0)
    """So long the endpoint may take to accept a connection; ``timeout_s`` of a role is for the whole call, waiting and retries included."""
    turn_s: float = Field(150.0, gt=0.0)
    """So long all calls of one turn may take together; never longer than nine tenths of ``server.limits.request_s``."""
    failures: int = Field(3, ge=1, le=100)
    """So many calls in a row that were too late or answered with a 5xx open the circuit for ``cooldown_s``; an endpoint that cannot be
    reached at all opens it at once. Then one call at a time tries whether it is back."""
    turn_tokens: int = Field(0, ge=0)
    """Tokens, prompts and answers together, that one turn may use; 0: no bound."""
    tenant_tokens_per_day: int = Field(0, ge=0)
    """Tokens that one tenant may use in a day (UTC), over all workers; without tenants, one owner. 0: no bound."""
