"""`init --from live` can be recorded and taken over again from the recording."""

from pathlib import Path

from click.testing import CliRunner, Result

from mailworthy.audit.healthy import HEALTHY
from mailworthy.cli import group


def init(tmp_path: Path, where: str, out: str, *more: str) -> Result:
    args = ["init", "example.com", "--from", "live", "--dns", where, "--yes"]
    return CliRunner().invoke(group, [*args, "--dir", str(tmp_path / out), *more])


def test_a_draft_from_a_recording_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "zone").write_text(HEALTHY)
    recording = tmp_path / "run.jsonl"
    first = init(tmp_path, f"zone:{tmp_path / 'zone'}", "first", "--record", str(recording))
    second = init(tmp_path, f"replay:{recording}", "second")
    assert (first.exit_code, second.exit_code) == (0, 0)
    texts = [(tmp_path / out / "mailworthy.toml").read_text() for out in ("first", "second")]
    assert texts[0] == texts[1]
    assert 'nameservers = ["ns1.example.net", "ns2.example.net"]' in texts[0]
