"""``python -m nacelle check``, from outside."""

import subprocess
import sys
from pathlib import Path

SDK = Path(__file__).parent.parent
EXAMPLES = SDK.parent.parent / "examples" / "python"


def check(*arguments, folder=None, code=0, path=SDK):
    done = subprocess.run(
        [sys.executable, "-m", "nacelle", "check", *arguments],
        cwd=folder or SDK.parent,
        env={"PYTHONPATH": str(path), "PATH": "/usr/bin:/bin", "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_prints_a_table_and_exits_with_0():
    out = check("--path", str(EXAMPLES), "echo_engine:EchoEngine", "--args", '{"rate": 5000}')
    assert "passed   cancel-in-time" in out
    assert out.splitlines()[-1] == "33 passed, 0 failed, 8 skipped"


def test_exits_with_1_when_a_rule_was_broken():
    out = check(f"{EXAMPLES / 'failing_engine.py'}:FailingEngine", "--args", '{"fail": "two-terminals"}', code=1)
    assert "FAILED   one-terminal" in out
    assert "finish_reason 'length' after 'length'" in out


def test_checks_a_file_of_the_current_folder(tmp_path):
    (tmp_path / "mine.py").write_text((SDK / "tests" / "engines.py").read_text())
    assert " 0 failed" in check("mine:Duck", folder=tmp_path)
    assert " 0 failed" in check("mine.py:Duck", folder=tmp_path)


def test_gives_what_follows_the_dashes_to_from_args():
    out = check("--path", str(SDK / "tests"), "engines:FromArgs", "--only", "generate", "--", "?")
    assert "The?quick?brown?fox?" in out


def test_says_what_is_wrong_with_its_arguments():
    assert "there is no module nowhere" in check("nowhere:Engine", code=2)
    assert "has no EchoEngin; it has EchoEngine" in check("--path", str(EXAMPLES), "echo_engine:EchoEngin", code=2)
    assert "no rule 'x', expected one of: create," in check(
        "--path", str(EXAMPLES), "echo_engine:EchoEngine", "--only", "x", code=2
    )
    assert "use one" in check("echo_engine:EchoEngine", "--args", "{}", "--", "x", code=2)


def test_unknown_arguments_of_an_engine_fail_its_creation():
    out = check("--path", str(EXAMPLES), "echo_engine:EchoEngine", "--args", '{"rat": 1}', code=1)
    assert "FAILED   create" in out and "'rat'" in out


def test_an_engine_that_cannot_be_imported_is_shown_with_its_traceback(tmp_path):
    (tmp_path / "broken.py").write_text("import nowhere_at_all\n")
    out = check("broken:Engine", folder=tmp_path, code=2)
    assert "No module named 'nowhere_at_all'" in out and "broken.py" in out


def test_native_code_that_holds_the_event_loop_ends_the_check_by_name():
    out = check("--path", str(SDK / "tests"), "engines:Asleep", code=1)
    assert "FAILED   loop-not-held" in out
    assert "in generate (engines.py:" in out


def test_a_thread_that_is_left_behind_does_not_keep_the_check_alive():
    out = check("--path", str(EXAMPLES), "failing_engine:FailingEngine", "--args", '{"fail": "thread-left"}', code=1)
    assert "FAILED   cleanup-ends-threads        still running: left-behind" in out


def test_says_that_another_package_of_the_same_name_is_in_its_place(tmp_path):
    # Both distributions installed into one folder: the files of the last one win.
    package = tmp_path / "nacelle"
    package.mkdir()
    (package / "__init__.py").write_text("version = '0.4.1'\n")
    (package / "__main__.py").write_text((SDK / "nacelle" / "__main__.py").read_text())
    out = check("x:Y", path=tmp_path, code=2)
    assert "'import nacelle' finds another package" in out and "pip uninstall nacelle" in out
