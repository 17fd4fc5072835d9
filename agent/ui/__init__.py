"""The page for patients: Streamlit in a browser. It talks to the service through ``agent.client`` and to nothing else."""
