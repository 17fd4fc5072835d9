"""What stands on the page, and the label that goes with it wherever it is taken."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field

from configs.locales import text

PRODUCER = "shensi"


@dataclass(frozen=True)
class VisitSummary:
    """Texts as the patient has looked them over. An empty part is shown as "not known", never left out."""

    language: str
    person: str
    made_on: str
    complaint: str
    history: str
    allergies: str
    medicines: str
    measured: str
    questions: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def sections(self) -> list[tuple[str, str]]:
        """Return headings and texts in the order in which a doctor asks."""
        parts = ("complaint", "history", "allergies", "medicines", "measured", "questions")
        unknown = text(self.language, "visit.unknown")
        return [(text(self.language, f"visit.{part}"), getattr(self, part).strip() or unknown) for part in parts]

    @property
    def title(self) -> str:
        """The title."""
        return text(self.language, "visit.title")

    @property
    def about(self) -> str:
        """For whom, and when it was made."""
        return text(self.language, "visit.for", person=self.person, date=self.made_on)

    @property
    def label(self) -> str:
        """The visible label."""
        return text(self.language, "visit.label") + text(self.language, "label.disclaimer")


def aigc(summary: VisitSummary) -> str:
    """Return the implicit label of GB 45438-2025 as it goes into a file's metadata: a JSON object under the key ``AIGC``."""
    return json.dumps(
        {
            "Label": "1",
            "ContentProducer": PRODUCER,
            "ProduceID": summary.id,
            "ReservedCode1": "",
            "ContentPropagator": PRODUCER,
            "PropagateID": summary.id,
            "ReservedCode2": "",
        },
        ensure_ascii=False,
    )
