"""Names of files as people write them."""

import os
import unicodedata


def shown(name):
    """Return the name of a file or folder as text that can be written, printed and sorted.

    A zip that was packed on a Korean Windows gives names in CP949 where it is unpacked elsewhere.
    """
    raw = os.fsencode(name)
    for encoding in ("utf-8", "cp949"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = raw.decode("utf-8", "backslashreplace")
    # macOS takes Hangul apart. And a name may hold what moves a terminal's cursor.
    text = unicodedata.normalize("NFC", text)
    return "".join(letter if unicodedata.category(letter)[0] != "C" else "?" for letter in text)
