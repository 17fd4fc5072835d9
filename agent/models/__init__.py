"""What stands around every call of the language model: the circuit, the room, the deadline, the budget."""
