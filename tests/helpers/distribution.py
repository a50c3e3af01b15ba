"""The wheel and the sdist of this checkout, and an environment that has `workbench` from the wheel only."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def build(folder: Path) -> tuple[Path, Path]:
    """Build the sdist and, from it, the wheel, as ``python -m build`` does; return (wheel, sdist).

    The build backend is the one installed here, so that no index of packages is asked.
    """
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=clean_environment())
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


def install(wheel: Path, folder: Path) -> Path:
    """Install a wheel into a new environment in ``folder``; return its folder of programs.

    The environment is empty but for the wheel. The packages it depends on are those of this Python: a .pth
    file adds their folder to the path. Python does not read the .pth files that lie in there, so the editable
    installation of this checkout is not seen.
    """
    venv.create(folder, symlinks=True)
    programs = folder / "bin"
    python = programs / "python"
    packages = python_says(python, "import sysconfig; print(sysconfig.get_path('purelib'))")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-index",
        "--no-deps",
        "--quiet",
    ]
    subprocess.run([*pip, str(wheel)], check=True, env=clean_environment())
    (Path(packages) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


def python_says(python: Path, code: str) -> str:
    """Run one line of Python outside of this checkout and return what it prints."""
    command = [str(python), "-c", code]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=python.parent, env=clean_environment()
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def clean_environment() -> dict[str, str]:
    """Return the environment variables without those that would lead Python to this checkout."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
