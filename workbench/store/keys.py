"""Which embedder key the vectors of a model carry: known without loading the model."""

import json
from pathlib import Path

from workbench.store.parts import write_atomically


def known_key(cache: Path, model: str) -> str | None:
    """Return the embedder key that the last ingest with ``model`` wrote, or None."""
    return _read(cache / "keys.json").get(model)


def remember_key(cache: Path, model: str, key: str) -> None:
    """Write down that vectors of ``model`` carry ``key``."""
    path = cache / "keys.json"
    keys = _read(path)
    if keys.get(model) != key:
        cache.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps(keys | {model: key}, indent=2).encode())


def _read(path: Path) -> dict[str, str]:
    try:
        keys = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(model): str(key) for model, key in keys.items()} if isinstance(keys, dict) else {}
