"""Only where live endpoints are named are these tests collected: ``make test-vllm`` starts them and names them."""

import os

from tests.contract.conftest import URL

# Taken out of the environment: a profile would refuse them as sections that do not exist.
VECTORS, SCORES, MODELS = (os.environ.pop(f"SHENSI_POOLING_{name}", "") for name in ("VECTORS", "SCORES", "FOLDER"))
collect_ignore = [*([] if URL else ["test_live.py"]), *([] if VECTORS else ["test_pooling.py"])]
