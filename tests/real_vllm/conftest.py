"""Only where a live endpoint is named are these tests collected: ``make test-vllm`` starts one and names it."""

from tests.contract.conftest import URL

collect_ignore = [] if URL else ["test_live.py"]
