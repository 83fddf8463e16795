#include "fs/open_file.h"

#include <algorithm>
#include <utility>

namespace gpiofs::fs {

OpenFile::OpenFile(Node node, gpio::EventNode& events) : node_(std::move(node)), events_(events) {
    events_.attach(subscription_);
}

OpenFile::~OpenFile() { events_.detach(subscription_); }

std::optional<std::string> OpenFile::continued(std::size_t offset, std::size_t size) {
    const std::lock_guard lock(mutex_);
    if (offset == 0 || offset != next_offset_) {
        return std::nullopt;
    }
    std::string part = snapshot_.substr(std::min(offset, snapshot_.size()), size);
    next_offset_ = offset + part.size();
    return part;
}

void OpenFile::store_snapshot(std::string_view text, std::size_t offset, std::size_t size) {
    const std::lock_guard lock(mutex_);
    snapshot_ = text;
    const std::size_t start = std::min(offset, text.size());
    next_offset_ = start + std::min(size, text.size() - start);
}

}  // namespace gpiofs::fs
