// SPDX-License-Identifier: MIT
#include "cli/udev_database.h"

#include <fstream>
#include <string>
#include <unistd.h>

namespace gpiofs::cli {

MountsItself ask_udev(const transport::BoardInfo& info) {
    std::ifstream device("/sys/bus/usb/devices/" + info.path + "/dev");
    std::string number;
    std::getline(device, number);
    std::ifstream record("/run/udev/data/c" + number);
    if (!record) {
        const bool udev_runs = ::access("/run/udev/control", F_OK) == 0;
        return udev_runs ? MountsItself::unknown_yet : MountsItself::no;
    }
    for (std::string line; std::getline(record, line);) {
        if (line == "E:MPSSE_GPIOFS_MOUNT=1") {
            return MountsItself::yes;
        }
    }
    return MountsItself::no;
}

}  // namespace gpiofs::cli
