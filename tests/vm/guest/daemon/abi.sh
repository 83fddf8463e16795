# SPDX-License-Identifier: MIT
# What the kernel's own tree answers, this one answers over real USB: all tables of tests/abi, with
# fewer of the random writes and rewrites than on the host.
source "$(dirname "$0")/../lib.sh"
tables=$guest/../../abi
start_sim FT232H,id=0c52:a064,serial=EMU1
start_daemon -o timeout_ms=20000 0c52:a064  # a starved emulated processor is no answer of the tree
"${python[@]}" -B "$tables" --mount "$mount_dir" --bench "$control" --writes 30 --rewrites 50
stop_daemon
