# SPDX-License-Identifier: MIT
# Serials with a dash, a slash and a space: what --list prints for each opts it in, and the mount is
# named after it.
source "$(dirname "$0")/../udev.sh"
start_sim FT232H,serial=VM-DASH FT232H,serial=VM/SLASH "FT232H,serial=VM SPACE"
attach 1-2
attach 1-3
opt_in "1-1, serial VM-DASH" "1-2, serial VM/SLASH" "1-3, serial VM SPACE"
for name in VM-DASH VM_SLASH VM_SPACE; do
    eventually 60 mounted "$name"
done
expect "mounts" "$(cd "$below" && echo *)" "VM-DASH VM_SLASH VM_SPACE"
expect "complaints" "$(complaints)" ""
