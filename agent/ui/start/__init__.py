"""Where Streamlit starts. A folder of its own, because Streamlit puts the script's folder before all others on the module path."""
