# SPDX-License-Identifier: MIT
# Ten pulls at random moments, each put back at once or after a random moment, whatever the unit
# is at: the mount comes back.
source "$(dirname "$0")/../udev.sh"
RANDOM=${SEED:=$RANDOM}
echo "seed $SEED"
random_nap() { nap "$((RANDOM % 2)).$(printf %03d $((RANDOM % 1000)))"; }
opt_in_all
start_sim FT232H,serial=VMFAST

for ((round = 1; round <= 10; round++)); do
    random_nap
    pull_plug
    ((RANDOM % 2)) && random_nap
    sim set 0 plugged 1
    try_attach 1-1
    ((RANDOM % 2)) && continue
    eventually 60 mounted VMFAST
    eventually 60 test -e "$below/VMFAST/gpiochip512"
    echo "round $round: $SECONDS s"
done
eventually 60 mounted VMFAST
eventually 60 test -e "$below/VMFAST/gpiochip512"
