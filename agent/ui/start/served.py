"""What Streamlit serves: the page in ``app.py``, and what is said where it fails. Streamlit finds ``app`` by its name."""

from __future__ import annotations

from streamlit import App

from agent.ui import mishap
from agent.ui.start.in_order import keep_in_order

keep_in_order()
mishap.keep_words_out()
app = App("app.py", on_script_error=mishap.say)
