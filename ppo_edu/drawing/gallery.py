"""What hangs in a room of pictures: whatever its files put into their ``__all__``."""

import importlib
import pkgutil


def hung_in(package, path):
    """Return what all modules of `package` (its ``__name__`` and ``__path__``) offer, a dict by name.

    So a new picture is a new file, and no list of all pictures has to be kept.

    Raises
    ------
    ImportError
        If two files offer one name, or a name is that of a file: importing the file would hide it.
    """
    files = [found.name for found in pkgutil.iter_modules(path) if not found.name.startswith("__")]
    pictures = {}
    for file in files:
        module = importlib.import_module(f"{package}.{file}")
        for name in getattr(module, "__all__", ()):
            if name in pictures or name in files:
                raise ImportError(f"{package}.{file}: {name!r} is taken already")
            pictures[name] = getattr(module, name)
    return pictures
