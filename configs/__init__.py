"""Typed configuration, texts for people and the root of the exception tree."""
