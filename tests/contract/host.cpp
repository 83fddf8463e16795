// SPDX-License-Identifier: MIT
#include "contract/host.h"

#include <algorithm>
#include <utility>

namespace gpiofs::contract {

using transport::Direction;

namespace {

constexpr std::size_t status_size = 2;

Bytes payload_of(const Bytes& buffer, std::size_t bytes, std::size_t packet_size) {
    Bytes payload;
    for (std::size_t at = 0; at < bytes; at += packet_size) {
        const std::size_t end = std::min(bytes, at + packet_size);
        must(end - at >= status_size, "a packet came without its status bytes");
        payload.insert(payload.end(),
                       buffer.begin() + static_cast<std::ptrdiff_t>(at + status_size),
                       buffer.begin() + static_cast<std::ptrdiff_t>(end));
    }
    return payload;
}

}  // namespace

void must(bool holds, const std::string& otherwise) {
    if (!holds) {
        throw Broken(otherwise);
    }
}

Bytes samples(std::size_t count) {
    Bytes bytes(count, get_low);
    bytes.push_back(send_immediate);
    return bytes;
}

void read_sample(transport::Transport& transport, TimePoint deadline) {
    const Bytes command = samples(1);
    const auto written = transport.write(command, deadline);
    must(!written.error && written.bytes == command.size(), "write() fails");
    Bytes buffer(transport.packet_size());
    std::size_t replies = 0;
    while (replies == 0) {
        const auto got = transport.read(buffer, deadline);
        must(!got.error, "read() fails: " + got.error.message());
        replies = payload_of(buffer, got.bytes, transport.packet_size()).size();
    }
    must(replies == 1, "read() finds replies that nothing in the write() before it caused");
}

std::string to_string(const Ended& ended) {
    const bool in = ended.direction == Direction::in;
    const std::string text = (in ? "an IN with " : "an OUT with ") + std::to_string(ended.bytes) +
                             (in ? " replies" : " bytes");
    return ended.error == 0 ? text : text + " and errno " + std::to_string(ended.error);
}

Ended sent(std::size_t bytes, int error) { return {Direction::out, bytes, error}; }

Ended received(std::size_t replies, int error) { return {Direction::in, replies, error}; }

Host::Host(Rig& rig) : rig_(rig), transport_(rig.open()) {}

std::error_code Host::try_send(const Bytes& bytes) {
    outs_.push_back(bytes);
    const auto error = transport_->submit(Direction::out, outs_.back());
    if (error) {
        outs_.pop_back();
    }
    return error;
}

std::error_code Host::try_ask(std::size_t packets) {
    ins_.emplace_back(packets * transport_->packet_size());
    const auto error = transport_->submit(Direction::in, ins_.back());
    if (error) {
        ins_.pop_back();
    }
    return error;
}

void Host::send(const Bytes& bytes) {
    const auto error = try_send(bytes);
    must(!error, "an OUT cannot be queued: " + error.message());
}

void Host::ask(std::size_t packets) {
    const auto error = try_ask(packets);
    must(!error, "an IN cannot be queued: " + error.message());
}

Ended Host::take(const transport::EndedTransfer& ended) {
    auto& queue = ended.direction == Direction::in ? ins_ : outs_;
    must(!queue.empty(), "a transfer was collected that was not queued");
    const Bytes buffer = std::move(queue.front());
    queue.pop_front();
    const auto& [bytes, error] = ended.transfer;
    must(bytes <= buffer.size(), "more bytes are told of than the buffer has");
    must(!error || error.category() == std::generic_category() ||
             error.category() == std::system_category(),
         "an error is no errno");
    Ended result{ended.direction, bytes, error.value()};
    if (ended.direction == Direction::in) {
        result.replies = payload_of(buffer, bytes, transport_->packet_size());
        result.bytes = result.replies.size();
    }
    return result;
}

std::optional<Ended> Host::collect(Duration within) {
    const auto ended = transport_->collect(rig_.in(within));
    return ended ? std::optional(take(*ended)) : std::nullopt;
}

std::vector<Ended> Host::collect_rest() {
    std::vector<Ended> all;
    while (const auto ended = collect()) {
        all.push_back(*ended);
    }
    must(outs_.empty() && ins_.empty(), "not all that was queued can be collected");
    return all;
}

void Host::expect(const Ended& expected, const std::optional<Ended>& ended) {
    must(ended.has_value(), "nothing ends, and " + to_string(expected) + " should have");
    if (ended->is(received(0)) && !ended->is(expected)) {
        throw TooSlow();
    }
    must(ended->is(expected),
         to_string(*ended) + " is collected where " + to_string(expected) + " had ended first");
}

}  // namespace gpiofs::contract
