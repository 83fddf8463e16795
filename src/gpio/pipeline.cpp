// SPDX-License-Identifier: MIT
#include "gpio/pipeline.h"

#include "base/error.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace gpiofs::gpio {
namespace {

using transport::Direction;

/// A multiple of every packet size, and no larger: a batch's last packet that is taken late is full
/// of the next one's replies and does not end a transfer, so its size is what bounds how late
/// replies are told. These two packets of high speed are 0.5 ms of an engine at 0.5 us a command.
constexpr std::size_t in_size = 1024;

}  // namespace

Pipeline::Pipeline(Engine& engine, Posting posting)
    : engine_(engine),
      posting_(posting),
      parser_(engine.transport_->packet_size()),
      shadow_(engine.shadow_) {
    static_assert(most_ins * in_size == capacity);
    spare_.reserve(most_ins + most_outs);
}

Pipeline::~Pipeline() {
    if (!finished()) {
        static_cast<void>(engine_.fail(errno_code(ECANCELED), Direction::in));
    }
    engine_.transport_->cancel();
    collect_all();
}

std::size_t Pipeline::wanted_ins() const noexcept {
    if (posting_ == Posting::for_a_reply) {
        return expected_ > 0 ? 1 : 0;
    }
    return most_ins;
}

std::error_code Pipeline::post() {
    while (ins_.size() < wanted_ins()) {
        std::vector<std::uint8_t> buffer = spare();
        buffer.resize(in_size);
        ins_.push_back(std::move(buffer));
        if (const auto error = engine_.transport_->submit(Direction::in, ins_.back())) {
            ins_.pop_back();
            return error;
        }
    }
    return {};
}

std::vector<std::uint8_t> Pipeline::spare() noexcept {
    std::vector<std::uint8_t> buffer;
    if (!spare_.empty()) {
        buffer = std::move(spare_.back());
        spare_.pop_back();
    }
    return buffer;
}

void Pipeline::keep_spare(std::vector<std::uint8_t> buffer) noexcept {
    if (spare_.size() < spare_.capacity()) {
        spare_.push_back(std::move(buffer));
    }
}

std::span<const std::uint8_t> Pipeline::replies() const noexcept {
    const auto all = parser_.payload();
    std::size_t held_back = 0;
    bool changes = false;
    for (std::size_t n = 0; n < outs_.size(); ++n) {
        changes = changes || outs_[n].after.has_value();
        held_back += changes ? outs_[n].reply_size : 0;
    }
    const std::size_t caused = all.size() + expected_;  // by all that was sent, and not dropped yet
    return all.first(std::min(all.size(), caused - std::min(caused, held_back)));
}

std::error_code Pipeline::send(const mpsse::CommandBuffer& commands,
                               const std::optional<mpsse::PortState>& after) noexcept {
    try {
        return submit(commands, after);
    } catch (...) {
        return fail(errno_code(ENOMEM), Direction::out);
    }
}

std::error_code Pipeline::submit(const mpsse::CommandBuffer& commands,
                                 const std::optional<mpsse::PortState>& after) {
    std::vector<std::uint8_t> bytes = spare();
    bytes.assign(commands.bytes().begin(), commands.bytes().end());
    outs_.push_back({std::move(bytes), commands.reply_size(), after});
    if (const auto error = engine_.transport_->submit(Direction::out, outs_.back().bytes)) {
        outs_.pop_back();
        return fail(error, Direction::out);
    }
    expected_ += commands.reply_size();
    shadow_ = after.value_or(shadow_);
    const auto error = post();
    return error ? fail(error, Direction::in) : error;
}

template <typename Done>
std::error_code Pipeline::wait_until(Done done, TimePoint deadline) noexcept {
    while (!done()) {
        if (const auto error = wait(deadline)) {
            return error;
        }
        // A chip that keeps sending status packets lets no transfer run into the deadline.
        if (!done() && engine_.clock_.now() >= deadline) {
            return fail(errno_code(ETIMEDOUT), Direction::in);
        }
    }
    return {};
}

std::error_code Pipeline::finish_sending(TimePoint deadline) noexcept {
    return wait_until([this] { return outs_.empty(); }, deadline);
}

std::error_code Pipeline::finish(TimePoint deadline) noexcept {
    return wait_until([this] { return finished(); }, deadline);
}

std::error_code Pipeline::wait(TimePoint deadline) noexcept {
    try {
        const auto ended = engine_.transport_->collect(deadline);
        if (!ended) {
            return fail(errno_code(ETIMEDOUT), Direction::in);
        }
        const auto error =
            ended->direction == Direction::out ? sent(ended->transfer) : received(ended->transfer);
        return error ? fail(error, ended->direction) : error;
    } catch (...) {
        return fail(errno_code(ENOMEM), Direction::in);
    }
}

std::error_code Pipeline::sent(const transport::Transfer& transfer) noexcept {
    Out out = outs_.pop_front();
    const bool whole = transfer.bytes == out.bytes.size();
    if (out.after && whole) {
        engine_.shadow_ = *out.after;
    } else if (out.after && transfer.bytes > 0) {
        const auto taken = static_cast<std::ptrdiff_t>(transfer.bytes);
        out.bytes.erase(out.bytes.begin(), out.bytes.begin() + taken);
        engine_.unsent_.swap(out.bytes);
        engine_.unsent_state_ = *out.after;
    }
    keep_spare(std::move(out.bytes));
    return whole || transfer.error ? transfer.error : errno_code(EIO);
}

std::error_code Pipeline::received(const transport::Transfer& transfer) {
    std::vector<std::uint8_t> buffer = ins_.pop_front();
    const std::size_t came = parser_.feed(std::span(buffer).first(transfer.bytes));
    keep_spare(std::move(buffer));
    if (transfer.error) {
        return transfer.error;
    }
    if (came > expected_) {
        return errno_code(EIO);
    }
    expected_ -= came;
    if (came > 0) {
        engine_.note_answer();
    }
    return post();
}

std::error_code Pipeline::fail(std::error_code error, Direction direction) noexcept {
    engine_.transport_->cancel();
    collect_all();
    expected_ = 0;
    if (error == errno_code(EPIPE)) {
        // Transfers went both ways, and only the first that ended has been heard of.
        const bool in = direction == Direction::in;
        static_cast<void>(engine_.fail(error, in ? Direction::out : Direction::in));
    }
    return engine_.fail(error, direction);
}

void Pipeline::collect_all() noexcept {
    while (const auto ended = engine_.transport_->collect(TimePoint::max())) {
        if (ended->direction == Direction::out) {
            static_cast<void>(sent(ended->transfer));
        } else {
            keep_spare(ins_.pop_front());
        }
    }
}

}  // namespace gpiofs::gpio
