"""Which modules are looked through for examples: training the encoder needs torch, which only `make model` installs."""

from importlib.util import find_spec

collect_ignore = (
    [] if find_spec("torch") else [f"extract/training/{name}.py" for name in ("encoder", "export", "__main__")]
)
