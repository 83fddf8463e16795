# SPDX-License-Identifier: MIT
# Where a mount should go there is a file, or a folder with files: one line each in the journal, the
# files stay as they are, and the board beside is mounted.
source "$(dirname "$0")/../udev.sh"
opt_in_all
mkdir -p "$below/VMFULL"
echo mine | tee "$below/VMFILE" >"$below/VMFULL/file"
start_sim FT232H,serial=VMFILE FT232H,serial=VMFULL FT232H,serial=VMGOOD
attach 1-2
attach 1-3
eventually 60 mounted VMGOOD
eventually 60 says "$below/VMFILE"
eventually 60 says "$below/VMFULL"
eventually 60 unit_is 1-1 failed
eventually 60 unit_is 1-2 failed
expect "lines about them" "$(messages | grep -c "$below/VMF")" 2
expect "files" "$(cat "$below/VMFILE" "$below/VMFULL/file" | xargs)" "mine mine"
pull_plug
eventually 60 unit_is 1-1 inactive
rm -r "$below/VMFILE" "$below/VMFULL"
