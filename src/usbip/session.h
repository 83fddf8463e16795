#pragma once

#include "usbip/exports.h"

namespace gpiofs::usbip {

/// Serves one client over a connected socket until it leaves, the board goes, or it sends what is
/// not USB/IP, which costs it the connection and one line in the log. Never throws. Many may run at
/// a time.
void serve_client(int socket, Exports& exports) noexcept;

}  // namespace gpiofs::usbip
