// SPDX-License-Identifier: MIT
#include "cli/service_manager.h"

#include <systemd/sd-daemon.h>

namespace gpiofs::cli {

void tell_service_manager(std::string_view status) noexcept {
    sd_notifyf(0, "READY=1\nSTATUS=%.*s", static_cast<int>(status.size()), status.data());
}

}  // namespace gpiofs::cli
