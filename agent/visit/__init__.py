"""The visit summary: one page to hand to the doctor, as PDF and as Markdown."""
