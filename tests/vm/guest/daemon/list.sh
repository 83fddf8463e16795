# SPDX-License-Identifier: MIT
# --list shows the board: path, identity, chip, serial, who holds each interface.
source "$(dirname "$0")/../lib.sh"
start_sim FT2232H,serial=VMLIST
eventually 20 has_driver 1-1:1.0 ftdi_sio

table=$("$MPSSE_GPIOFS" --list)
echo "$table"
for word in 1-1 0403:6010 FT2232H VMLIST ftdi_sio; do
    [[ $table == *"$word"* ]] || fail "--list does not say $word"
done
has_driver 1-1:1.0 ftdi_sio || fail "--list took the interface off its driver"
