"""Which modules are looked through for examples: not those that need what only a make target of its own installs."""

from importlib.util import find_spec

collect_ignore = ["tests/fuzz"]
if find_spec("torch") is None:
    collect_ignore += [f"extract/training/{name}.py" for name in ("encoder", "export", "__main__")]
