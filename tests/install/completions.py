#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Presses Tab in bash and zsh, and checks that each offers what the programs take: every option of
--help, the boards that are plugged in, the lines of a tree.

Usage: completions.py bash|zsh COMPLETIONS_FOLDER MPSSE_GPIOFS MPSSE_GPIOMON MPSSE_SIM
"""

import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

import mock_board  # noqa: E402

CHIPS = {"FT232H", "FT2232H", "FT4232H", "FT2232D"}
failures = []


def check(what, condition, evidence):
    if not condition:
        failures.append(what)
        print(f"FAILED: {what}: {evidence}")


class Shell:
    """A shell at a terminal of its own; Ctrl-T completes and writes down the command line."""

    BASH = r"""
PS1= PS2=
bind 'set completion-query-items 0' 'set page-completions off' 'set completion-display-width 0'
bind 'set bell-style none' 'set enable-bracketed-paste off'
source %(folder)s/mpsse-gpiofs.bash
bind '"\C-xl": possible-completions' '"\C-xt": complete'
bind -x '"\C-xw": printf "LINE<%%s>\n" "$READLINE_LINE"; READLINE_LINE='
"""
    ZSH = r"""
PS1= PS2= RPS1=
unsetopt zle_bracketed_paste prompt_cr prompt_sp beep 2>/dev/null
fpath=(%(folder)s $fpath)
autoload -Uz compinit && compinit -D -u
compadd() {
    local -a found=()
    [[ " $* " == *" -O "* || " $* " == *" -A "* || " $* " == *" -D "* ]] || {
        builtin compadd -O found "$@"
        print -rl -- $found >>%(scratch)s/found
    }
    builtin compadd "$@"
}
zle -C offer list-choices _main_complete
shown() { print -rn -- "LINE<$BUFFER>"; BUFFER= ; : >%(scratch)s/found }
zle -N shown
listed() { zle offer; print -rn -- "LIST<$(<%(scratch)s/found)>" }
zle -N listed
bindkey '^Xl' listed '^Xt' complete-word '^Xw' shown
"""

    def __init__(self, name, folder, programs):
        self.name = name
        self.scratch = tempfile.TemporaryDirectory()
        setup = pathlib.Path(self.scratch.name, "setup")
        text = self.BASH if name == "bash" else self.ZSH
        setup.write_text(text % {"folder": folder, "scratch": self.scratch.name})
        pathlib.Path(self.scratch.name, "found").touch()
        environment = {**os.environ, "TERM": "dumb", "COLUMNS": "1000", "HOME": self.scratch.name,
                       "ZDOTDIR": self.scratch.name, "LC_ALL": "C.UTF-8",
                       "PATH": ":".join([*programs, os.environ["PATH"]])}  # fmt: skip
        words = ["bash", "--norc", "--noprofile", "-i"] if name == "bash" else ["zsh", "-f", "-i"]
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.execvpe(words[0], words, environment)
        self.send(f"stty -echo; . {setup}; printf 'SET%s\\n' -UP\n")
        self.read_until(r"SET-UP")

    def send(self, text):
        os.write(self.terminal, text.encode())

    def read_until(self, pattern):
        text, end = "", time.monotonic() + 30
        while not (found := re.search(pattern, text, re.S)):
            ready, _, _ = select.select([self.terminal], [], [], max(0, end - time.monotonic()))
            if not ready:
                sys.exit(f"{self.name}: waiting for {pattern}, it says {text!r}")
            text += os.read(self.terminal, 65536).decode()
        return found

    def words(self, line):
        """What is offered at the end of this line."""
        if self.name == "bash":
            self.send(f"{line}\x18l\x18w")
            shown = self.read_until(r"^(.*)LINE<").group(1).replace("\r", "")
            return {word.rstrip(" ") for word in shown.split("\n")[1:] if word}
        self.send(f"{line}\x18l\x18w")
        shown = self.read_until(r"LIST<(.*?)>.*LINE<").group(1).replace("\r", "")
        return {word for word in shown.split("\n") if word}

    def completed(self, line):
        """The line after Tab."""
        self.send(f"{line}\x18t\x18w")
        return self.read_until(r"LINE<(.*?)>").group(1)


def help_of(program):
    return subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout


def options_of(text):
    lines = re.findall(r"^  (-.*?)(?:  |$)", text, re.M)
    plain = [line for line in lines if not re.match(r"-o [a-z]", line)]
    return set(re.findall(r"(?:^|, )(--?[\w-]+)", "\n".join(plain), re.M))


def mount_options_of(text):
    return {key + ("=" if equals else "") for key, equals in re.findall(r"^  -o ([a-z_]+)(=?)", text, re.M)}


def is_key(program, chip_word):
    """Whether the program knows such a pair; the mount point is none in any case."""
    done = subprocess.run([program, "--simulate", chip_word, "/dev/null"], capture_output=True, text=True)
    return "is not a key" not in done.stderr


def check_options(shell, programs):
    for program in programs:
        name = pathlib.Path(program).name
        text = help_of(program)
        offered = shell.words(f"{name} -") | shell.words(f"{name} --")
        check(f"{name} -", offered == options_of(text), offered ^ options_of(text))
    text = help_of(programs[0])
    offered = shell.words("mpsse-gpiofs -o ")
    check("-o", offered == mount_options_of(text), offered ^ mount_options_of(text))
    for key, values in re.findall(r"^  -o ([a-z_]+)=([a-z|]+) ", text, re.M):
        offered = {word.split("=")[-1] for word in shell.words(f"mpsse-gpiofs -o wait,{key}=")}
        check(f"-o {key}=", offered == set(values.split("|")), offered)


def check_virtual_boards(shell, gpiofs):
    refused = subprocess.run([gpiofs, "--simulate", "none", "/"], capture_output=True, text=True).stderr
    check("the chips", set(re.findall(r"FT\w+", refused)) == CHIPS, refused)
    for line in ("mpsse-gpiofs --simulate ", "mpsse-gpiofs sim:", "mpsse-sim ", "mpsse-gpiofs --board=sim:"):
        offered = {word.rpartition(":")[2] for word in shell.words(line)}
        check(line, offered == CHIPS, offered)
        keys = {word.rpartition(",")[2] for word in shell.words(f"{line}FT232H,")}
        check(f"keys of {line}", len(keys) >= 9 and all(key.endswith("=") for key in keys), keys)
        for key in keys if "sim " not in line else ():
            check(f"{key} is a key", is_key(gpiofs, f"FT232H,{key}1"), keys)
        told = set(re.findall(r"\b(?:id|usb|serial|\w+_[nu]s)\b(?==|,|\.)", help_of(gpiofs)))
        told = {f"{key}=" for key in told if key != "sample_interval_us"}
        check(f"keys of --help after {line}", told <= keys, told - keys)
    offered = {word.split("=")[-1] for word in shell.words("mpsse-gpiofs --simulate FT232H,usb=")}
    check("usb=", offered == {"instant", "hs", "fs"}, offered)
    line = shell.completed("mpsse-gpiofs --simulate FT4232")
    check("a chip", line == "mpsse-gpiofs --simulate FT4232H", line)


def check_boards(shell, programs, folder):
    offered = shell.words("mpsse-gpiofs --board ")
    check("--board", {"all", "opted-in", "serial:", "path:", "sim:"} <= offered, offered)
    line = shell.completed("mpsse-gpiofs opt")
    check("opted-in", line == "mpsse-gpiofs opted-in", line)
    if not shutil.which("umockdev-run"):
        print("umockdev is not installed: no board is plugged in")
        return
    board = pathlib.Path(shell.scratch.name, "board.umockdev")
    board.write_text(mock_board.description(0x0403, 0x6010, "FT4XYZ12"))
    wrapper = pathlib.Path(shell.scratch.name, "bin", "mpsse-gpiofs")
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec umockdev-run --device {board} -- {programs[0]} "$@"\n')
    wrapper.chmod(0o755)
    other = Shell(shell.name, folder, [str(wrapper.parent)])
    line = other.completed("mpsse-gpiofs serial:FT")
    check("a board that is plugged in", line == "mpsse-gpiofs serial:FT4XYZ12", line)


def check_lines(shell, scratch):
    for number in (512, 513):
        (scratch / "tree" / f"gpio{number}").mkdir(parents=True)
    (scratch / "tree" / "gpiochip512").mkdir()
    offered = shell.words(f"mpsse-gpiomon --root {scratch}/tree ")
    check("lines below --root", offered == {"512", "513"}, offered)
    offered = shell.words(f"mpsse-gpiomon --root={scratch}/tree 513 51")
    check("lines below --root=", offered == {"512", "513"}, offered)
    line = shell.completed(f"mpsse-gpiomon {scratch}/tree/gpio51")
    check("folders of lines", line == f"mpsse-gpiomon {scratch}/tree/gpio51", line)
    line = shell.completed(f"mpsse-gpiofs {scratch}/tr")
    check("a mount point", line == f"mpsse-gpiofs {scratch}/tree/", line)
    offered = shell.words("mpsse-gpiomon --edges ")
    check("--edges", offered == {"rising", "falling", "both"}, offered)


def main():
    name, folder, *programs = sys.argv[1:]
    if not shutil.which(name):
        print(f"SKIPPED: {name} is not installed")
        return
    shell = Shell(name, folder, [str(pathlib.Path(program).parent) for program in programs])
    check_options(shell, programs)
    check_virtual_boards(shell, programs[0])
    check_boards(shell, programs, folder)
    with tempfile.TemporaryDirectory() as scratch:
        check_lines(shell, pathlib.Path(scratch).resolve())
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
