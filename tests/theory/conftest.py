"""Long runs need the compiled kernel: a hundred times slower, these tests would take hours."""

import pytest

from simulator.engine.loading import kernel


@pytest.fixture(autouse=True)
def _compiled_kernel(request: pytest.FixtureRequest) -> None:
    """Without a C compiler only the formulas themselves are checked here; the engines still are, elsewhere."""
    if "formulas" not in request.node.nodeid and not kernel().COMPILED:
        pytest.skip("the uncompiled kernel is too slow for runs of this length")
