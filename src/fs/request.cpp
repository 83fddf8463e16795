// SPDX-License-Identifier: MIT
#include "fs/request.h"

#include "fs/attribute_file.h"

#include <cerrno>

namespace gpiofs::fs {

Reply::~Reply() { error(EIO); }

void Reply::error(int errno_value) noexcept {
    if (request_ != nullptr) {
        fuse_reply_err(take(), errno_value);
    }
}

ReadRequest::ReadRequest(Reply reply, std::shared_ptr<AttributeFile> file, std::size_t size,
                         std::size_t offset) noexcept
    : reply_(std::move(reply)), file_(std::move(file)), size_(size), offset_(offset) {}

const Node& ReadRequest::node() const noexcept { return file_->node(); }

void ReadRequest::mark_seen() noexcept { file_->mark_seen(); }

void ReadRequest::complete(std::string_view text) noexcept {
    try {
        file_->store_snapshot(text, offset_, size_);
    } catch (...) {
        fail(ENOMEM);
        return;
    }
    const auto part = text.substr(std::min(offset_, text.size()), size_);
    fuse_reply_buf(reply_.take(), part.data(), part.size());
}

void WriteRequest::complete() noexcept { fuse_reply_write(reply_.take(), size_); }

}  // namespace gpiofs::fs
