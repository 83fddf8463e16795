#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows boards to the machine's own udev, with the project's rules and hwdb, and checks what it
makes of them; and that the lines of --list opt in the board they are printed for, and no other.

Everything happens in a mount namespace of its own, with the boards made up by umockdev, so nothing
of the machine is touched.

Usage: udev_rules.py MPSSE_GPIOFS RULES HWDB [GROUP]
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import mock_board  # noqa: E402

GENERAL = (0x0403, 0x6010)
SEALEVEL = (0x0C52, 0xA064)
BRYX = (0x0403, 0x6988)
SERIAL_ADAPTER = (0x0403, 0x6001)
NOT_FTDI = (0x046D, 0xC52B)

# Each with one that its rule must not match.
SERIALS = [
    ("FT-9/1 a", "FT-9/1 b"),
    ("a*b", "aXb"),
    ("a?b", "aXb"),
    ("[ab]", "a"),
    ('say "x"', "say x"),
    ("it's $1 100%", "its $1 100%"),
    ("a\\b", "ab"),
    ("\\*", "\\x"),
    ("\\", "/"),
]

# Of the machine's own rules those that matter here; the others might give permissions, too.
OTHER_RULES = {"50-udev-default.rules", "73-seat-late.rules", "99-systemd.rules"}

UNIT = "mpsse-gpiofs@sys-devices-pci0000:00-0000:00:14.0-usb1-1\\x2d1.service"

HWDB = pathlib.Path("/etc/udev/hwdb.d")
RULES = pathlib.Path("/etc/udev/rules.d")
failures = []


def check(what, condition, evidence=""):
    if not condition:
        failures.append(what)
        print(f"FAILED: {what}\n{evidence}")


def enter_namespace():
    """Runs this script once more where /etc/udev and /run are its own, or says why it cannot."""
    for program in ("unshare", "umockdev-run", "udevadm", "systemd-hwdb"):
        if not shutil.which(program):
            sys.exit(print(f"SKIPPED: {program} is not installed"))
    if not pathlib.Path("/etc/udev").is_dir():
        sys.exit(print("SKIPPED: udev is not installed"))
    unshare = ["unshare", "-m"] + ([] if os.geteuid() == 0 else ["-r"])
    if subprocess.run([*unshare, "mount", "-t", "tmpfs", "none", "/run"], check=False).returncode:
        sys.exit(print("SKIPPED: there can be no mount namespace here"))
    environment = {**os.environ, "UDEV_RULES_TEST_INSIDE": "1"}
    sys.exit(subprocess.run([*unshare, sys.executable, *sys.argv], env=environment).returncode)


def with_board(board, *command):
    """What the command prints where this is the only board, and udev has not seen it before."""
    shutil.rmtree("/run/udev", ignore_errors=True)
    with tempfile.NamedTemporaryFile("w", suffix=".umockdev") as file:
        file.write(mock_board.description(*board))
        file.flush()
        done = subprocess.run(["umockdev-run", "--device", file.name, "--", *command],
                              capture_output=True, text=True, timeout=60)  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"{command}: {done}")
    return done.stdout


def event(board, action="add"):
    """The properties of the device after the event, and what udev logged."""
    output = with_board(board, "sh", "-c", f"udevadm test -a {action} /sys{mock_board.DEVPATH} 2>&1")
    properties = dict(re.findall(r"^([A-Z_]+)=(.*)$", output, re.M))
    properties["log"] = output
    return properties


def is_for_systemd(properties):
    return ":systemd:" in properties.get("CURRENT_TAGS", "")


def is_mounted(properties):
    return is_for_systemd(properties) and properties.get("SYSTEMD_WANTS") == "mpsse-gpiofs@.service"


def update():
    subprocess.run(["systemd-hwdb", "update"], check=True)


def check_shipped(group):
    for board, known, mounted in [
        (GENERAL, True, False),
        (SEALEVEL, True, True),
        (BRYX, True, True),
        (SERIAL_ADAPTER, False, False),
        (NOT_FTDI, False, False),
    ]:
        # "bind" comes right after "add", and "unbind" before "remove"; what they do not repeat is
        # forgotten.
        for action in ("add", "bind", "change", "unbind"):
            got = event(board, action)
            name = f"{board[0]:04x}:{board[1]:04x} {action}"
            check(f"{name}: property", (got.get("MPSSE_GPIOFS") == "1") == known, got["log"])
            check(f"{name}: tag", is_for_systemd(got) == mounted, got["log"])
            wanted = mounted and action != "unbind"  # nobody mounts what goes
            check(f"{name}: mount", is_mounted(got) == wanted, got["log"])
            # Only a plug may replace a stop that is under way.
            starts = f"run: '/usr/bin/systemctl --no-block start {UNIT}'" in got["log"]
            check(f"{name}: start", starts == (mounted and action == "add"), got["log"])
            for what in (r"70-mpsse-gpiofs.rules:\d+ MODE 0660", r"73-seat-late.rules:\d+ RUN 'uaccess'"):
                check(f"{name}: {what}", bool(re.search(what, got["log"])) == known, got["log"])
            given = bool(re.search(r"70-mpsse-gpiofs.rules:\d+ GROUP", got["log"]))
            check(f"{name}: group", given == (known and bool(group)), got["log"])


def check_switched_off():
    rule = RULES / "60-local.rules"
    rule.write_text('ATTR{idVendor}=="0c52", ENV{MPSSE_GPIOFS_MOUNT}="0"\n')
    check("a local rule switches an automatic board off", not is_mounted(event(SEALEVEL)))
    rule.unlink()
    record = HWDB / "80-local.hwdb"
    record.write_text("usb:v0C52pA064*\n MPSSE_GPIOFS_MOUNT=0\n")
    update()
    got = event(SEALEVEL)
    check("a local record switches an automatic board off", not is_mounted(got), got["log"])
    check("but not its permissions", got.get("MPSSE_GPIOFS") == "1")
    record.unlink()
    update()


def opt_in_lines(program, board):
    """What --list prints below the table: {comment: command}."""
    table, _, below = with_board(board, program, "--list").partition("\n\n")
    check(f"{board} is listed", "1-1 " in table, table)
    lines = below.splitlines()
    return {comment: command for comment, command in zip(lines, lines[1:])
            if comment.startswith("# ") and not command.startswith("#")}  # fmt: skip


def forget_local():
    (RULES / "60-mpsse-gpiofs.rules").unlink(missing_ok=True)
    record = HWDB / "80-mpsse-gpiofs.hwdb"
    if record.exists():
        record.unlink()
        update()


def check_opt_in(program):
    def opt_in(board, comment):
        lines = opt_in_lines(program, board)
        check(f"{board}: there is a line '{comment}'", comment in lines, str(lines))
        subprocess.run(["sh", "-c", lines.get(comment, "false")], check=True)
        if (HWDB / "80-mpsse-gpiofs.hwdb").exists():
            update()

    opt_in((*GENERAL, "S"), "# any 0403:6010")
    check("opted in by identity", is_mounted(event((*GENERAL, "another"))))
    forget_local()

    opt_in(GENERAL, "# 1-1 at this place")
    check("opted in by place", is_mounted(event(GENERAL)))
    check("another kind at that place is not", not is_mounted(event(NOT_FTDI)))
    forget_local()

    for serial, other in SERIALS:
        opt_in((*GENERAL, serial), f"# 1-1, serial {serial}")
        got = event((*GENERAL, serial))
        check(f"opted in by the serial {serial}", is_mounted(got), got["log"])
        check(f"{other} is not {serial}", not is_mounted(event((*GENERAL, other))))
        forget_local()


def check_silence(program):
    """A board that udev mounts by itself needs no lines."""
    script = f"udevadm test -a add /sys{mock_board.DEVPATH} >/dev/null 2>&1; {program} --list"
    for board, lines in ((SEALEVEL, False), (GENERAL, True)):
        output = with_board(board, "sh", "-c", script)
        check(f"{board}: lines to opt in: {lines}", ("MPSSE_GPIOFS_MOUNT" in output) == lines, output)


def main():
    if "UDEV_RULES_TEST_INSIDE" not in os.environ:
        enter_namespace()
    program, rules_file, hwdb_file = sys.argv[1:4]
    for folder in ("/etc/udev", "/run", "/dev/char"):
        if pathlib.Path(folder).is_dir():
            subprocess.run(["mount", "-t", "tmpfs", "none", folder], check=True)
    # What tells that systemd is there.
    pathlib.Path("/run/systemd/system").mkdir(parents=True)
    HWDB.mkdir()
    RULES.mkdir()
    for folder in ("/lib/udev/rules.d", "/usr/local/lib/udev/rules.d"):
        for rules in pathlib.Path(folder).glob("*.rules"):
            if rules.name not in OTHER_RULES:
                (RULES / rules.name).symlink_to("/dev/null")
    (RULES / "70-mpsse-gpiofs.rules").unlink(missing_ok=True)
    shutil.copy(rules_file, RULES)
    shutil.copy(hwdb_file, HWDB)
    update()
    check_shipped("".join(sys.argv[4:]))
    check_switched_off()
    check_opt_in(program)
    check_silence(program)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
