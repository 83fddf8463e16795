// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/unique_fd.h"

#include <cstdint>
#include <span>
#include <string>

namespace gpiofs::usbip {

/// Fills `bytes` from a socket; false at its end, on an error, or if they have not come by the
/// deadline. Thread-safe between directions.
bool receive_all(int socket, std::span<std::uint8_t> bytes,
                 TimePoint deadline = TimePoint::max()) noexcept;
/// Sends all of `bytes`; false if the peer is gone, or has not taken them by the deadline.
bool send_all(int socket, std::span<const std::uint8_t> bytes,
              TimePoint deadline = TimePoint::max()) noexcept;

/// Listens on a TCP address, "127.0.0.1:3240", "[::1]:0" (port 0: any that is free).
/// Throws std::system_error, or std::invalid_argument if the text is no address.
UniqueFd listen_tcp(const std::string& address);
/// The address a TCP socket really listens on, written the same way.
std::string local_address(int socket);

/// Listens on a Unix stream socket that only its owner may connect to. A socket file nobody
/// listens on any more is replaced. Throws std::system_error.
UniqueFd listen_unix(const std::string& path);

}  // namespace gpiofs::usbip
