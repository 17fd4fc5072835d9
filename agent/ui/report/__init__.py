"""Parts of the page for check-up and laboratory reports."""
