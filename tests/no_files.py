"""What may stand where a file is looked for, and is none: each is put in a file's place."""

import os


def put_a_folder(file):
    (file / "with something").mkdir(parents=True)


def put_a_pipe(file):
    file.parent.mkdir()
    os.mkfifo(file)


def put_a_loop(file):
    file.parent.mkdir()
    file.symlink_to(file)


PUT = [put_a_folder, put_a_pipe, put_a_loop] if hasattr(os, "mkfifo") else [put_a_folder]
