"""Every fault once at every stage; `python -m tests.faults` runs all of them for every provider."""

from pathlib import Path

import pytest

from tests.faults.matrix import combinations, one_of_each, run_all
from tests.faults.policy import EXPECTED, Fault, Stage


def test_every_combination_is_expected_or_impossible() -> None:
    for combination in combinations():
        told = combination.fault in EXPECTED[combination.stage]
        assert told or combination.impossible is not None, str(combination)
    assert {combination[1:] for combination in combinations()} == {(stage, fault) for stage in Stage for fault in Fault}


# A deadline that strikes while anyio begins to connect leaves its coroutine without a first step.
@pytest.mark.filterwarnings('ignore:coroutine .*connect_tcp.* was never awaited:RuntimeWarning')
async def test_every_fault_at_every_stage_ends_as_the_policy_says(tmp_path: Path) -> None:
    found = await run_all(one_of_each(), tmp_path)
    assert len(found) > 70
    assert {str(combination): problems for combination, problems in found.items() if problems} == {}
