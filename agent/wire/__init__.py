"""The wire types of everything beside turns (``agent.schema``): what the server sends and the client reads."""
