"""An application as it runs, on loopback, in a thread of its own."""

from agent.server.beside import running as running
