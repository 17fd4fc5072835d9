"""What Streamlit serves: the page in ``app.py``, and what is said where it fails. Streamlit finds ``app`` by its name."""

from __future__ import annotations

import sys

from streamlit import App

from agent.ui import mishap
from agent.ui.start.in_order import keep_in_order

# The thread that talks to all browsers starts a thread for whatever they do. Behind twenty of these, each with Python's usual 5 ms, it
# waits a tenth of a second every time, and comes to nothing else.
sys.setswitchinterval(0.0005)
keep_in_order()
mishap.keep_words_out()
app = App("app.py", on_script_error=mishap.say)
