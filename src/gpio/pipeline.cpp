#include "gpio/pipeline.h"

#include "base/error.h"

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

Pipeline::Pipeline(Engine& engine)
    : engine_(engine), parser_(engine.transport_->packet_size()), shadow_(engine.shadow_) {}

Pipeline::~Pipeline() {
    if (expected_ > 0 || !outs_.empty()) {
        static_cast<void>(engine_.fail(errno_code(ECANCELED), Direction::in));
    }
    engine_.transport_->cancel();
    collect_all();
}

std::error_code Pipeline::post(std::vector<std::uint8_t> buffer) {
    buffer.resize(in_size);
    ins_.push_back(std::move(buffer));
    const auto error = engine_.transport_->submit(Direction::in, ins_.back());
    if (error) {
        ins_.pop_back();
    }
    return error;
}

std::error_code Pipeline::send(const mpsse::CommandBuffer& commands,
                               const std::optional<mpsse::PortState>& after) {
    while (ins_.size() < capacity / in_size) {
        if (const auto error = post({})) {
            return fail(error, Direction::in);
        }
    }
    Out out;
    if (!spare_.empty()) {
        out.bytes = std::move(spare_.back());
        spare_.pop_back();
    }
    out.bytes.assign(commands.bytes().begin(), commands.bytes().end());
    out.after = after;
    outs_.push_back(std::move(out));
    if (const auto error = engine_.transport_->submit(Direction::out, outs_.back().bytes)) {
        outs_.pop_back();
        return fail(error, Direction::out);
    }
    expected_ += commands.reply_size();
    shadow_ = after.value_or(shadow_);
    return {};
}

std::error_code Pipeline::wait(TimePoint deadline) {
    const auto ended = engine_.transport_->collect(deadline);
    if (!ended) {
        return fail(errno_code(ETIMEDOUT), Direction::in);
    }
    const auto error =
        ended->direction == Direction::out ? sent(ended->transfer) : received(ended->transfer);
    return error ? fail(error, ended->direction) : error;
}

std::error_code Pipeline::sent(const transport::Transfer& transfer) {
    Out out = std::move(outs_.front());
    outs_.pop_front();
    const bool whole = transfer.bytes == out.bytes.size();
    if (out.after && whole) {
        engine_.shadow_ = *out.after;
    } else if (out.after && transfer.bytes > 0) {
        engine_.unsent_.assign(out.bytes.begin() + static_cast<std::ptrdiff_t>(transfer.bytes),
                               out.bytes.end());
        engine_.unsent_state_ = *out.after;
    }
    spare_.push_back(std::move(out.bytes));
    return whole || transfer.error ? transfer.error : errno_code(EIO);
}

std::error_code Pipeline::received(const transport::Transfer& transfer) {
    std::vector<std::uint8_t> buffer = std::move(ins_.front());
    ins_.pop_front();
    const std::size_t came = parser_.feed(std::span(buffer).first(transfer.bytes));
    if (transfer.error) {
        return transfer.error;
    }
    if (came > expected_) {
        return errno_code(EIO);
    }
    expected_ -= came;
    return post(std::move(buffer));
}

std::error_code Pipeline::fail(std::error_code error, Direction direction) {
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

void Pipeline::collect_all() {
    while (const auto ended = engine_.transport_->collect(TimePoint::max())) {
        if (ended->direction == Direction::out) {
            static_cast<void>(sent(ended->transfer));
        } else {
            ins_.pop_front();
        }
    }
}

}  // namespace gpiofs::gpio
