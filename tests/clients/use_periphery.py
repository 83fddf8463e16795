# SPDX-License-Identifier: MIT
"""use_periphery.py OUTPUT INPUT: two wired lines."""

import sys

from periphery import GPIO

output, wired = GPIO(int(sys.argv[1]), "out"), GPIO(int(sys.argv[2]), "in")
print("chip", output.chip_name, output.chip_label)

levels = []
for level in (True, False, True, False):
    output.write(level)
    levels.append(int(wired.read()))
print("levels", *levels)

wired.edge = "both"
print("quiet", wired.poll(0.2))
output.write(True)
print("rising", wired.poll(5), int(wired.read()))
output.write(False)
print("falling", wired.poll(5), int(wired.read()))
wired.edge = "rising"
output.write(True)
rising = wired.poll(5)
wired.read()
output.write(False)
print("only rising", wired.poll(0.2), rising)

wired.inverted = True
output.write(True)
print("inverted", int(wired.read()))
output.close()
wired.close()
