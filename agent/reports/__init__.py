"""Check-up and laboratory reports: read by rules alone, kept only as far as the patient has confirmed them."""
