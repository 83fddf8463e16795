# SPDX-License-Identifier: MIT
# An interface that another program holds is not taken: one line that says so, and status 1.
source "$(dirname "$0")/../lib.sh"
python3 -c 'import ftdi1' 2>/dev/null || skip "python3-ftdi1 is not installed"
start_sim FT232H,serial=VMBUSY
python3 -c '
import sys, time, ftdi1
context = ftdi1.new()
assert ftdi1.usb_open_desc(context, 0x0403, 0x6014, None, "VMBUSY") == 0
print("held", flush=True)
time.sleep(60)' >"$scratch/holder" &
eventually 20 grep -q held "$scratch/holder"

mkdir -p "$mount_dir"
status=0
"$MPSSE_GPIOFS" serial:VMBUSY "$mount_dir" 2>"$scratch/message" || status=$?
expect "status" "$status" 1
expect "lines of the message" "$(wc -l <"$scratch/message")" 1
grep -q 1-1 "$scratch/message" || fail "the message does not name the board"
not_mounted || fail "mounted all the same"
