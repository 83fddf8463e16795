// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace gpiofs::test {

/// The client's side of USB/IP, written out by hand. Every receive ends after some seconds.
class UsbIpClient {
  public:
    using Bytes = std::vector<std::uint8_t>;

    explicit UsbIpClient(const std::string& address)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in peer{};
        peer.sin_family = AF_INET;
        peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        peer.sin_port =
            htons(static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1))));
        const timeval patience{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&peer), sizeof peer) != 0) {
            throw std::runtime_error("connect");
        }
    }

    void send(const Bytes& bytes) {
        if (::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(bytes.size())) {
            throw std::runtime_error("send");
        }
    }
    /// Exactly that many bytes; throws if the server closes or says nothing.
    Bytes receive(std::size_t size) {
        Bytes bytes(size);
        std::size_t at = 0;
        while (at < size) {
            const ssize_t got = ::recv(socket_.get(), bytes.data() + at, size - at, 0);
            if (got <= 0) {
                throw std::runtime_error("receive");
            }
            at += static_cast<std::size_t>(got);
        }
        return bytes;
    }
    /// Whether the server closes the connection, all that it still sends thrown away.
    bool closes() {
        std::array<std::uint8_t, 512> rest{};
        ssize_t got = 1;
        while (got > 0) {
            got = ::recv(socket_.get(), rest.data(), rest.size(), 0);
        }
        return got == 0 || errno == ECONNRESET;
    }

    std::uint32_t device_count() {
        send({0x01, 0x11, 0x80, 0x05, 0, 0, 0, 0});
        const Bytes head = receive(12);
        const auto count = number(head, 8);
        for (std::uint32_t i = 0; i < count; ++i) {
            const Bytes device = receive(312);
            receive(4 * device[311]);
        }
        return count;
    }
    /// The status of the reply.
    std::uint32_t import(const std::string& bus_id) {
        std::string padded = bus_id;
        padded.resize(32);
        send({0x01, 0x11, 0x80, 0x03, 0, 0, 0, 0});
        send(Bytes(padded.begin(), padded.end()));
        const auto status = number(receive(8), 4);
        if (status == 0) {
            const Bytes device = receive(312);
            device_id_ = number(device, 288) << 16U | number(device, 292);
        }
        return status;
    }

    void submit(std::uint32_t sequence, bool in, std::uint32_t endpoint, std::uint32_t length,
                const Bytes& data = {}, std::array<std::uint8_t, 8> setup = {}) {
        Bytes bytes;
        for (const std::uint32_t value :
             {1U, sequence, device_id_, in ? 1U : 0U, endpoint, 0U, length, 0U, 0U, 0U}) {
            put(bytes, value);
        }
        bytes.insert(bytes.end(), setup.begin(), setup.end());
        bytes.insert(bytes.end(), data.begin(), data.end());
        send(bytes);
    }
    void unlink(std::uint32_t sequence, std::uint32_t victim) {
        Bytes bytes;
        for (const std::uint32_t value : {2U, sequence, device_id_, 0U, 0U, victim}) {
            put(bytes, value);
        }
        bytes.resize(48);
        send(bytes);
    }

    struct Reply {
        std::uint32_t command = 0;
        std::uint32_t sequence = 0;
        std::int32_t status = 0;
        std::uint32_t length = 0;
        Bytes data;
    };
    /// The next reply; `in` says that data comes with it.
    Reply reply(bool in) {
        const Bytes head = receive(48);
        Reply reply{.command = number(head, 0),
                    .sequence = number(head, 4),
                    .status = static_cast<std::int32_t>(number(head, 20)),
                    .length = number(head, 24),
                    .data = {}};
        if (in) {
            reply.data = receive(reply.length);
        }
        return reply;
    }
    /// A vendor request of interface A without data.
    Reply vendor(std::uint32_t sequence, std::uint8_t request, std::uint16_t value) {
        submit(sequence, false, 0, 0, {},
               {0x40, request, static_cast<std::uint8_t>(value),
                static_cast<std::uint8_t>(value >> 8U), 1, 0, 0, 0});
        return reply(false);
    }

  private:
    static std::uint32_t number(const Bytes& bytes, std::size_t at) {
        return static_cast<std::uint32_t>(bytes[at]) << 24U |
               static_cast<std::uint32_t>(bytes[at + 1]) << 16U |
               static_cast<std::uint32_t>(bytes[at + 2]) << 8U | bytes[at + 3];
    }
    static void put(Bytes& bytes, std::uint32_t value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes.push_back(static_cast<std::uint8_t>(value >> shift));
        }
    }

    UniqueFd socket_;
    std::uint32_t device_id_ = 0;
};

}  // namespace gpiofs::test
