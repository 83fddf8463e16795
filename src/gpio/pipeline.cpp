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

Pipeline::Pipeline(Engine& engine, Posting posting)
    : engine_(engine),
      posting_(posting),
      parser_(engine.transport_->packet_size()),
      shadow_(engine.shadow_) {}

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
    return capacity / in_size;
}

std::error_code Pipeline::post() {
    while (ins_.size() < wanted_ins()) {
        ins_.push_back(spare());
        ins_.back().resize(in_size);
        if (const auto error = engine_.transport_->submit(Direction::in, ins_.back())) {
            ins_.pop_back();
            return error;
        }
    }
    return {};
}

std::vector<std::uint8_t> Pipeline::spare() {
    std::vector<std::uint8_t> buffer;
    if (!spare_.empty()) {
        buffer = std::move(spare_.back());
        spare_.pop_back();
    }
    return buffer;
}

std::error_code Pipeline::send(const mpsse::CommandBuffer& commands,
                               const std::optional<mpsse::PortState>& after) {
    outs_.push_back({spare(), after});
    outs_.back().bytes.assign(commands.bytes().begin(), commands.bytes().end());
    if (const auto error = engine_.transport_->submit(Direction::out, outs_.back().bytes)) {
        outs_.pop_back();
        return fail(error, Direction::out);
    }
    expected_ += commands.reply_size();
    shadow_ = after.value_or(shadow_);
    const auto error = post();
    return error ? fail(error, Direction::in) : error;
}

std::error_code Pipeline::finish(TimePoint deadline) {
    while (!finished()) {
        if (const auto error = wait(deadline)) {
            return error;
        }
        // A chip that keeps sending status packets lets no transfer run into the deadline.
        if (!finished() && engine_.clock_.now() >= deadline) {
            return fail(errno_code(ETIMEDOUT), Direction::in);
        }
    }
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
    spare_.push_back(std::move(ins_.front()));
    ins_.pop_front();
    const std::size_t came = parser_.feed(std::span(spare_.back()).first(transfer.bytes));
    if (transfer.error) {
        return transfer.error;
    }
    if (came > expected_) {
        return errno_code(EIO);
    }
    expected_ -= came;
    return post();
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
