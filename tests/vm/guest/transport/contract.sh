# SPDX-License-Identifier: MIT
# Sourced: what every transport promises, kept by libusb and the kernel's USB stack with a board of
# mpsse-sim. The chips take turns, because an emulated guest is slow.
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../lib.sh"

check_contract() {  # SPEED
    local chip
    case $1 in
        instant) chip=FT4232H ;;
        hs) chip=FT232H ;;
        fs) chip=FT2232D ;;
    esac
    start_sim "$chip,serial=VMCONTRACT,usb=$1"
    "$USB_CONTRACT" VMCONTRACT "$control" 127.0.0.1 1-1
}
