# SPDX-License-Identifier: MIT
"""The scripts that set up SvxLink's lines: they hand them to another user."""

import os
import pwd
import subprocess
import tempfile

from board import TREE, read
from program import Missing, expect, output

OPTIONS = []
SCRIPTS = "/usr/share/svxlink/scripts"
SETTINGS_PLACE = "/etc/svxlink/gpio.conf"
SETTINGS = f"""
GPIO_PATH={TREE}
GPIO_IN_HIGH="gpio513"
GPIO_IN_LOW="gpio514"
GPIO_OUT_HIGH="gpio515"
GPIO_OUT_LOW="gpio516"
GPIO_USER="nobody"
GPIO_GROUP="nogroup"
GPIO_MODE="0664"
"""
LINES = [513, 514, 515, 516]


def prepare(_node_modules):
    if not os.path.exists(f"{SCRIPTS}/svxlink_gpio_up"):
        raise Missing("no svxlink_gpio_up: the package svxlink-gpio is not installed")
    if os.geteuid() != 0:
        raise Missing("only root can give a file to another user")


def run(script):
    with tempfile.NamedTemporaryFile("w") as settings:
        settings.write(SETTINGS)
        settings.flush()
        subprocess.run(["mount", "--bind", settings.name, SETTINGS_PLACE], check=True)
        expect("what it says", output([f"{SCRIPTS}/{script}"]), "")
        subprocess.run(["umount", SETTINGS_PLACE], check=True)


def check(board, _prepared):
    board.wire("adbus3 adbus1")
    run("svxlink_gpio_up")
    expect("what it exports", board.exported(), LINES)
    nobody = pwd.getpwnam("nobody")
    for line in LINES:
        value = os.stat(f"{TREE}/gpio{line}/value")
        expect(f"owner and mode of line {line}", (value.st_uid, value.st_gid, value.st_mode & 0o777),
               (nobody.pw_uid, nobody.pw_gid, 0o664))
    expect("active_low", [read(f"{TREE}/gpio{line}/active_low") for line in LINES], list("0101"))
    expect("outputs that are off", [board.level(pin) for pin in ("adbus3", "adbus4")], [0, 1])

    key = f"echo 1 >{TREE}/gpio515/value; cat {TREE}/gpio513/value"
    said = output(["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "sh", "-c", key])
    expect("the other end, as nobody reads it", said, "1\n")

    run("svxlink_gpio_down")
    expect("what it leaves exported", board.exported(), [])
