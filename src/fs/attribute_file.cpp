// SPDX-License-Identifier: MIT
#include "fs/attribute_file.h"

#include "base/error.h"
#include "base/text.h"
#include "fs/attributes.h"
#include "fs/refusal.h"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <poll.h>
#include <utility>

namespace gpiofs::fs {
namespace {

/// A write reaches a kernel attribute one page at a time (Linux fs/kernfs/file.c).
constexpr std::size_t largest_write = 4096;

}  // namespace

AttributeFile::AttributeFile(const Services& services, Node node, gpio::EventNode& events)
    : OpenFile(std::move(node)), services_(services), events_(events) {
    events_.attach(subscription_);
}

AttributeFile::~AttributeFile() { events_.detach(subscription_); }

void AttributeFile::read(Reply& reply, const ReadCall& call) {
    check_alive();
    if (const auto text = continued(call.offset, call.size)) {
        fuse_reply_buf(reply.take(), text->data(), text->size());
        return;
    }
    // Before the text is produced, so that an event in between is seen by the next poll.
    mark_seen();
    ReadRequest request(std::move(reply),
                        std::static_pointer_cast<AttributeFile>(shared_from_this()), call.size,
                        call.offset);
    try {
        node().attribute->show(services_, node(), request);
    } catch (...) {
        log_refusal(node(), {}, std::current_exception());
        request.fail(to_errno(std::current_exception()));
    }
}

void AttributeFile::write(Reply& reply, std::string_view data) {
    check_alive();
    const std::string_view taken = data.substr(0, largest_write);
    WriteRequest request(std::move(reply), taken.size());
    try {
        node().attribute->store(services_, node(), up_to_nul(taken), request);
    } catch (...) {
        log_refusal(node(), up_to_nul(taken), std::current_exception());
        request.fail(to_errno(std::current_exception()));
    }
}

unsigned AttributeFile::poll(std::unique_ptr<gpio::Wakeup> wakeup) {
    const unsigned always = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
    const bool changed = events_.poll(subscription_, std::move(wakeup));
    return changed ? always | POLLERR | POLLPRI : always;
}

void AttributeFile::check_alive() const {
    if (events_.dead()) {
        throw_errno(ENODEV, "the line or board is gone");
    }
}

std::optional<std::string> AttributeFile::continued(std::size_t offset, std::size_t size) {
    if (offset == 0) {
        return std::nullopt;
    }
    const std::lock_guard lock(mutex_);
    if (offset != next_offset_) {
        return std::nullopt;
    }
    std::string part = snapshot_.substr(std::min(offset, snapshot_.size()), size);
    next_offset_ = offset + part.size();
    return part;
}

void AttributeFile::store_snapshot(std::string_view text, std::size_t offset, std::size_t size) {
    const std::lock_guard lock(mutex_);
    snapshot_ = text;
    const std::size_t start = std::min(offset, text.size());
    next_offset_ = start + std::min(size, text.size() - start);
}

}  // namespace gpiofs::fs
