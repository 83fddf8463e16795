# SPDX-License-Identifier: MIT
"""Dire Wolf: a line as the push-to-talk key while it sends a beacon."""

import os
import subprocess
import tempfile

from board import wait_until, write
from program import DEADLINE, expect, installed

OPTIONS = []
LINE, WIRED_TO_KEY = 520, "acbus1"
SETTINGS = f"""
ADEVICE stdin null
MYCALL Q0TEST
AGWPORT 0
KISSPORT 0
PTT GPIO {LINE}
TXDELAY 30
PBEACON delay=0:01 every=60:00 lat=42^37.14N long=071^20.83W symbol="house"
"""
SOUND_CARD = "pcm.null { type null }\n"


def prepare(_node_modules):
    return installed("direwolf", "direwolf")


def check(board, direwolf):
    board.wire(f"acbus0 {WIRED_TO_KEY}")
    with tempfile.TemporaryDirectory() as folder:
        write(f"{folder}/direwolf.conf", SETTINGS)
        write(f"{folder}/sound.conf", SOUND_CARD)
        command = [direwolf, "-t", "0", "-c", f"{folder}/direwolf.conf", "-"]
        environment = dict(os.environ, ALSA_CONFIG_PATH=f"{folder}/sound.conf")
        with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as program:
            for what, level in (("ready", 0), ("sending", 1), ("ready again", 0)):
                wait_until(f"Dire Wolf is {what}", lambda: board.drives(LINE, WIRED_TO_KEY, level))
            program.stdin.close()
            program.wait(DEADLINE)
