// SPDX-License-Identifier: MIT
#pragma once

#include "usbip/exports.h"

#include <chrono>

namespace gpiofs::usbip {

/// How long a client has for each request until it has attached a device, answer included: there
/// are only so many connections.
constexpr std::chrono::milliseconds request_patience = std::chrono::seconds(10);

/// Serves one client over a connected socket until it leaves, the board goes, or it sends what is
/// not USB/IP, which costs it the connection and one line in the log. A client that has attached a
/// device may be silent for as long as it likes. Never throws. Many may run at a time.
void serve_client(int socket, Exports& exports,
                  std::chrono::milliseconds patience = request_patience) noexcept;

}  // namespace gpiofs::usbip
