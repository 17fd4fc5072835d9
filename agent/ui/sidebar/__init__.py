"""What stands beside the conversation: people, memory, conversations, settings."""
