"""Verified citations: one pure verifier that the auditor, the evaluation and the API share."""

from retrieval.verify.check import Verifier
from retrieval.verify.medical import needs_source
from retrieval.verify.verdict import Action, Entailment, Failure, Passage, Quote, Rule, Verdict

__all__ = ["Action", "Entailment", "Failure", "Passage", "Quote", "Rule", "Verdict", "Verifier", "needs_source"]
